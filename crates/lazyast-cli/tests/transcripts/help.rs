//! `--help` of every command.

use crate::sandbox::{Sandbox, assert_transcript};

#[test]
fn help_of_every_command() {
    let sandbox = Sandbox::new();
    assert_transcript!(sandbox, "help", ["--help"]);
    for command in ["warm", "find", "select", "dump", "stats", "verify", "pack", "gc", "clean", "dir", "demo"]
    {
        assert_transcript!(sandbox, format!("help-{command}"), [command, "--help"]);
    }
    for command in ["export", "import"] {
        assert_transcript!(sandbox, format!("help-pack-{command}"), ["pack", command, "--help"]);
    }
}

#[test]
fn no_command_and_unknown_commands() {
    let sandbox = Sandbox::new();
    assert_transcript!(sandbox, "no-command", [] as [&str; 0]);
    assert_transcript!(sandbox, "unknown-command", ["search"]);
    assert_transcript!(sandbox, "version", ["--version"]);
}
