int fuzz_nothing;
