//! Tells the crate for which interpreter it is built, so that it can reject free-threaded ones.

fn main() {
    pyo3_build_config::use_pyo3_cfgs();
}
