//! The command `lazyast`.

use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: lazyast::ArenaAllocator<mimalloc::MiMalloc> =
    lazyast::ArenaAllocator::new(mimalloc::MiMalloc);

fn main() -> ExitCode {
    ExitCode::from(lazyast_cli::run(std::env::args_os()))
}
