//! `--help` of every command.

use crate::sandbox::{Sandbox, assert_transcript};

#[test]
fn help_of_every_command() {
    let sandbox = Sandbox::new();
    assert_transcript!(sandbox, "help", ["--help"]);
    for command in [
        "warm",
        "find",
        "select",
        "check",
        "lsp",
        "dump",
        "stats",
        "verify",
        "pack",
        "gc",
        "clean",
        "dir",
        "run",
        "completions",
        "man",
        "demo",
    ] {
        assert_transcript!(sandbox, format!("help-{command}"), [command, "--help"]);
    }
    assert_transcript!(sandbox, "short-help-find", ["find", "-h"]);
    for command in ["export", "import", "list"] {
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

#[test]
fn completions_and_manual() {
    let sandbox = Sandbox::new();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = sandbox.output(&["completions", shell]);
        assert!(script.contains("files-with-matches"), "{shell}: {script}");
    }
    assert!(sandbox.output(&["man"]).starts_with(".ie"));
    let page = sandbox.output(&["man", "find"]);
    assert!(page.contains(".TH lazyast-find 1") && page.contains("files\\-with\\-matches"), "{page}");
    assert_transcript!(sandbox, "man-unknown", ["man", "nothing"]);
}
