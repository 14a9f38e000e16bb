//! `lazyast demo`: runs the demonstration of the Python package.
//!
//! It compares trees with those of a running interpreter, so it is written in Python.

use std::ffi::OsString;

use clap::Args;

use crate::error::CommandError;
use crate::interpreter;

#[derive(Args, Debug)]
pub(crate) struct DemoCommand {
    /// The interpreter to compare with, which has the package lazyast [default: LAZYAST_PYTHON, then the interpreter
    /// of the environment that lazyast is installed in, VIRTUAL_ENV, python3]
    #[arg(long, value_name = "FILE")]
    python: Option<OsString>,
}

impl DemoCommand {
    pub(crate) fn run(self) -> Result<(), CommandError> {
        interpreter::run_main(self.python.as_deref(), "lazyast.demo", &[])
    }
}
