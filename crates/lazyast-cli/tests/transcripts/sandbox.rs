//! A directory with sources and a cache, and running the binary in it.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The source tree of all transcripts: two packages with hits, and a source with a syntax error.
const SOURCES: [(&str, &str); 4] = [
    (
        "src/app.py",
        "import os\n\n\nclass App:\n    def run(self, path):\n        print(path)\n        return open(path, 'rb')\n\n\
         \x20   def test_run(self):\n        yield self.run(os.devnull)\n",
    ),
    (
        "src/pkg/util.py",
        "def show(*items):\n    for item in items:\n        print(item, end='')\n    print()\n",
    ),
    ("src/pkg/newer.py", "type Pair[T] = tuple[T, T]\n"),
    ("src/wrong.py", "x = (\n"),
];

/// A temporary directory with [`SOURCES`]; commands run in it and use the cache directory `cache` in it.
pub(crate) struct Sandbox {
    directory: tempfile::TempDir,
}

impl Sandbox {
    pub(crate) fn new() -> Self {
        let sandbox = Self { directory: tempfile::tempdir().expect("the temporary directory is writable") };
        for (name, source) in SOURCES {
            sandbox.write(name, source);
        }
        sandbox
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("the path has a parent")).expect("the sandbox is writable");
        fs::write(path, content).expect("the sandbox is writable");
    }

    /// The only pack of the cache.
    pub(crate) fn pack(&self) -> PathBuf {
        let mut packs = files_with_extension(&self.path("cache"), "pack");
        assert_eq!(packs.len(), 1, "{packs:?}");
        packs.remove(0)
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_lazyast"));
        command
            .args(arguments)
            .current_dir(self.directory.path())
            .env_clear()
            .env("LAZYAST_CACHE_DIR", self.path("cache"))
            .env("HOME", self.path("home"))
            .env("COLUMNS", "100")
            // Whatever is installed on this machine.
            .env("LAZYAST_PYTHON", "missing")
            // For git.
            .envs(std::env::var_os("PATH").map(|path| ("PATH", path)))
            .stdin(Stdio::null());
        command
    }

    /// What a command prints.
    pub(crate) fn output_bytes(&self, arguments: &[&str]) -> Vec<u8> {
        self.command(arguments).output().expect("the binary can be started").stdout
    }

    /// The text that a command prints.
    pub(crate) fn output(&self, arguments: &[&str]) -> String {
        String::from_utf8(self.output_bytes(arguments)).expect("the output is UTF-8")
    }

    /// Runs a command and gives its transcript.
    pub(crate) fn run(&self, arguments: &[&str]) -> String {
        self.run_with_input(arguments, b"")
    }

    /// Runs a command with standard input and gives its transcript.
    pub(crate) fn run_with_input(&self, arguments: &[&str], input: &[u8]) -> String {
        let mut command = self.command(arguments);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the binary can be started");
        // A command that reads no input may have ended.
        let _ = child.stdin.take().expect("it is a pipe").write_all(input);
        let output = child.wait_with_output().expect("the binary was started");
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("the output is UTF-8");
        format!(
            "$ lazyast {}\nexit code: {}\n----- stdout -----\n{}----- stderr -----\n{}",
            arguments.join(" "),
            output.status.code().expect("the command was not killed"),
            text(output.stdout),
            text(output.stderr),
        )
    }

    /// Replacements of what differs between runs, for snapshots.
    pub(crate) fn filters(&self) -> Vec<(String, &'static str)> {
        let directory = fs::canonicalize(self.directory.path()).expect("the sandbox exists");
        vec![
            (escape(&directory), "[DIR]"),
            (escape(self.directory.path()), "[DIR]"),
            (r"v\d+-[0-9a-f]{16}-\d+".to_owned(), "[VERSION]"),
            (r"pack-\w+\.tmp".to_owned(), "pack-[RANDOM].tmp"),
            (r"lazyast \d+\.\d+\.\d+".to_owned(), "lazyast [VERSION]"),
            (r"packs/\S+\.pack".to_owned(), "packs/[RANDOM].pack"),
            (r"0x[0-9a-f]{2,}".to_owned(), "[CHECKSUM]"),
            (r"\d+\.\d{3} s, \d+\.\d{2} million lines/s".to_owned(), "[TIME]"),
            (r"(lines?), \d+\.\d{3} s".to_owned(), "$1, [TIME]"),
            (r#""seconds":[0-9.e-]+"#.to_owned(), r#""seconds":"[TIME]""#),
            (r#"("version":)"\d+\.\d+\.\d+""#.to_owned(), r#"$1"[VERSION]""#),
            (r"ratio \d+\.\d{2}".to_owned(), "ratio [RATIO]"),
            (r"\d+(\.\d+)? (B|KiB|MiB)\b".to_owned(), "[SIZE]"),
            (r#""(bytes|pack_bytes|archive_bytes)":\d+"#.to_owned(), r#""$1":"[SIZE]""#),
        ]
    }
}

/// A regular expression that matches a path.
fn escape(path: &Path) -> String {
    path.to_str().expect("the temporary directory's path is Unicode").replace('.', r"\.")
}

fn files_with_extension(directory: &Path, extension: &str) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(directory).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            files.extend(files_with_extension(&path, extension));
        } else if path.extension().is_some_and(|found| found == extension) {
            files.push(path);
        }
    }
    files
}

/// Runs a command in a sandbox and compares its transcript with the snapshot of a name.
macro_rules! assert_transcript {
    ($sandbox:expr, $name:expr, [$($argument:expr),* $(,)?] $(as $type:ty)?) => {{
        let arguments: &[&str] = &[$($argument),*];
        let transcript = $sandbox.run(arguments);
        assert_transcript!($sandbox, $name, transcript)
    }};
    ($sandbox:expr, $name:expr, $transcript:expr) => {{
        let transcript: String = $transcript;
        let mut settings = insta::Settings::clone_current();
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        for (pattern, replacement) in $sandbox.filters() {
            settings.add_filter(&pattern, replacement);
        }
        settings.bind(|| insta::assert_snapshot!($name, transcript));
    }};
}
pub(crate) use assert_transcript;
