int long_one(int a)
{
    a++;
    a++;
    a++;
    a++;
    a++;
    a++;
    a++;
    a++;
    a++;
    a++;
    a++;
    a++;
    a++;
    a++;
    a++;
    a++;
    a++;
    a++;
    a++;
    a++;
    a++;
    a++;
    a++;
    a++;
    a++;
    a++;
    a++;
    a++;
    a++;
    a++;
    a++;
    a++;
    a++;
    a++;
    a++;
    a++;
    a++;
    a++;
    a++;
    a++;
    a++;
    a++;
    a++;
    a++;
    a++;
    a++;
    a++;
    a++;
    a++;
    a++;
    a++;
    a++;
    a++;
    a++;
    a++;
    a++;
    a++;
    a++;
    a++;
    a++;
    return a;
}

static int many(int a, int b, int c,
                int (*d)(int, int), int e, int f)
{
    return a + b + c + d(e, f);
}

int wide = 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1;
int use_many(void)
{
    return many(1, 2, 3, 0, 5, 6);
}
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
/* filler */
