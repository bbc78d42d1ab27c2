/* see /home/jane/notes/plan.md */
