int eval_untested;
