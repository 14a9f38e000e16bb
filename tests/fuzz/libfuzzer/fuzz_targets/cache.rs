#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| lazyast_fuzz::cache(data));
