"""`lazyast lsp` with the client of pygls, which speaks the protocol independently of the server."""

import asyncio
import contextlib
import json
import random
import subprocess
import sys
from pathlib import Path

import pytest

types = pytest.importorskip("lsprotocol.types")
clients = pytest.importorskip("pygls.lsp.client")

EXAMPLE = Path(__file__).parent / "example"
SECONDS = 20


class Editor(clients.LanguageClient):
    """A client that keeps what the server sends."""

    def __init__(self):
        super().__init__("tests", "1")
        self.published = asyncio.Queue()
        self.logged = asyncio.Queue()
        self.registered = asyncio.Queue()
        self.process = None
        self.keep(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS, self.published)
        self.keep(types.WINDOW_LOG_MESSAGE, self.logged)
        self.keep(types.WINDOW_SHOW_MESSAGE, asyncio.Queue())
        self.keep(types.CLIENT_REGISTER_CAPABILITY, self.registered)

    def keep(self, method, queue):
        """Put the parameters of each message into a queue."""

        @self.feature(method)
        def put(parameters):
            queue.put_nowait(parameters)

    async def server_exit(self, server):
        """Remember how the server has ended."""
        self.process = server

    async def ended(self):
        """Wait until the server has ended, and give its exit code."""
        async with asyncio.timeout(SECONDS):
            while self.process is None:
                await asyncio.sleep(0.01)
        return self.process.returncode

    async def next(self, queue=None):
        """Wait for the next published diagnostics, or for the next value of another queue."""
        return await asyncio.wait_for((queue or self.published).get(), SECONDS)

    def open(self, uri, text, version=1):
        """Open a document."""
        document = types.TextDocumentItem(uri=uri, language_id="python", version=version, text=text)
        self.text_document_did_open(types.DidOpenTextDocumentParams(text_document=document))

    def change(self, uri, version, *changes):
        """Change a document: each change is a range and a text, or a text."""
        document = types.VersionedTextDocumentIdentifier(uri=uri, version=version)
        events = [
            types.TextDocumentContentChangePartial(range=change[0], text=change[1])
            if isinstance(change, tuple)
            else types.TextDocumentContentChangeWholeDocument(text=change)
            for change in changes
        ]
        self.text_document_did_change(types.DidChangeTextDocumentParams(document, content_changes=events))

    def save(self, uri):
        """Tell that a document was saved."""
        self.text_document_did_save(types.DidSaveTextDocumentParams(types.TextDocumentIdentifier(uri)))

    async def actions(self, uri, start, end, only=None):
        """Ask for code actions."""
        parameters = types.CodeActionParams(
            text_document=types.TextDocumentIdentifier(uri),
            range=types.Range(types.Position(*start), types.Position(*end)),
            context=types.CodeActionContext(diagnostics=[], only=only),
        )
        return list(await self.text_document_code_action_async(parameters))


@contextlib.asynccontextmanager
async def editor(*directories, options=(), encodings=None, watches=False, versions=False):
    """Start a session, and end it as the protocol says."""
    client = Editor()
    await client.start_io(sys.executable, "-m", "lazyast", "lsp", *options)
    capabilities = types.ClientCapabilities(
        general=types.GeneralClientCapabilities(position_encodings=encodings),
        workspace=types.WorkspaceClientCapabilities(
            workspace_edit=types.WorkspaceEditClientCapabilities(document_changes=versions),
            did_change_watched_files=types.DidChangeWatchedFilesClientCapabilities(dynamic_registration=watches),
        ),
    )
    opened = [types.WorkspaceFolder(uri=path.as_uri(), name=path.name) for path in directories]
    parameters = types.InitializeParams(capabilities=capabilities, workspace_folders=opened)
    client.negotiated = (await client.initialize_async(parameters)).capabilities
    client.initialized(types.InitializedParams())
    yield client
    await client.shutdown_async(None)
    client.exit(None)
    assert await client.ended() == 0
    await client.stop()


def run(scenario):
    """Run a scenario to its end."""
    asyncio.run(asyncio.wait_for(scenario, 3 * SECONDS))


def span(diagnostic):
    """Give the range of a diagnostic as four numbers."""
    start, end = diagnostic.range.start, diagnostic.range.end
    return start.line, start.character, end.line, end.character


def offset(text, position, unit):
    """Give the offset of a position in a text, in characters."""
    lines = text.splitlines(keepends=True) or [""]
    line = lines[position.line] if position.line < len(lines) else ""
    prefix = line.encode(unit)[: position.character * (2 if unit == "utf-16-le" else 1)].decode(unit)
    return sum(map(len, lines[: position.line])) + len(prefix)


def applied(text, edits, unit="utf-16-le"):
    """Apply edits of the protocol."""
    for edit in sorted(edits, key=lambda edit: edit.range.start, reverse=True):
        start, end = offset(text, edit.range.start, unit), offset(text, edit.range.end, unit)
        text = text[:start] + edit.new_text + text[end:]
    return text


def check(directory, *options):
    """Give what `lazyast check` prints."""
    command = [sys.executable, "-m", "lazyast", "check", "--no-cache", *options]
    return subprocess.run(command, capture_output=True, text=True, cwd=directory, encoding="utf-8").stdout


def test_diagnostics_are_those_of_check():
    async def scenario():
        found = []
        async with editor(EXAMPLE, encodings=["utf-16", "utf-8"], options=["--select", "all"]) as client:
            assert client.negotiated.position_encoding == "utf-8"
            for path in sorted(EXAMPLE.rglob("*.py")):
                client.open(path.as_uri(), path.read_bytes().decode())
                published = await client.next()
                assert (published.uri, published.version) == (path.as_uri(), 1)
                for each in published.diagnostics:
                    found.append(
                        (path.relative_to(EXAMPLE).as_posix(), each.code, each.severity, each.message, span(each)[:2])
                    )
        return found

    severities = {"error": 1, "warning": 2, "info": 3, "hint": 4}
    expected = []
    for line in check(EXAMPLE, "--select", "all", "--format", "json").splitlines():
        each = json.loads(line)
        message = each["message"] + (f"\n{each['note'].rstrip()}" if each["note"] else "")
        place = (each["lineno"] - 1, each["col_offset"])
        expected.append((each["path"], each["rule"], severities[each["severity"]], message, place))
    found = asyncio.run(scenario())
    assert len(found) >= 3
    assert sorted(found) == sorted(expected)


def test_an_editing_session(tmp_path):
    (tmp_path / "lazyast.toml").write_text(
        '[rules]\nextend = ["more.yaml"]\nignore = ["default"]\n[[rules.rule]]\nid = "no-print"\nmessage = "no $F"\nseverity = "info"\n'
        'pattern = "print($F)"\nnote = "why"\nurl = "https://example.org/print"\n'
    )
    (tmp_path / "more.yaml").write_text("rules: [{id: none, message: m, pattern: $X == None, fix: $X is None}]\n")
    uri = (tmp_path / "a.py").as_uri()

    async def scenario():
        async with editor(tmp_path, watches=True) as client:
            assert client.negotiated.position_encoding == "utf-16"
            assert "toml" in str(await client.next(client.registered))
            client.open(uri, "'😀'; print(x)\nprint(y)  # noqa\nclass A:\n    x = '''\n''' == None\n")
            (printed, compared) = sorted((await client.next()).diagnostics, key=span)
            assert (printed.code, printed.message, printed.severity) == ("no-print", "no x\nwhy", 3)
            assert printed.code_description.href == "https://example.org/print"
            assert (printed.source, span(printed)) == ("lazyast", (0, 6, 0, 14))
            assert (compared.code, span(compared)) == ("none", (3, 8, 4, 11))

            # Nothing is published for a version that cannot be parsed.
            at = types.Position(0, 12)
            client.change(uri, 2, (types.Range(at, at), "("))
            assert "not checked" in (await client.next(client.logged)).message
            assert await client.actions(uri, (0, 0), (9, 0)) == []
            client.change(uri, 3, (types.Range(at, types.Position(0, 13)), ""), "print(1)\n")
            published = await client.next()
            assert (published.version, [span(each) for each in published.diagnostics]) == (3, [(0, 0, 0, 8)])

            # A configuration that changes.
            (tmp_path / "more.yaml").write_text("rules: [{id: one, message: m, pattern: '1'}]\n")
            changed = types.FileEvent((tmp_path / "more.yaml").as_uri(), types.FileChangeType.Changed)
            client.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams([changed]))
            assert [each.code for each in (await client.next()).diagnostics] == ["no-print", "one"]
            (tmp_path / "lazyast.toml").write_text('[rules]\nselect = ["unknown"]\n')
            client.save(uri)
            assert not (await client.next()).diagnostics
            assert "unknown" in (await client.next(client.logged)).message

            client.text_document_did_close(types.DidCloseTextDocumentParams(types.TextDocumentIdentifier(uri)))
            published = await client.next()
            assert (published.uri, published.version, len(published.diagnostics)) == (uri, None, 0)

    run(scenario())


@pytest.mark.parametrize("line_end", ["\n", "\r\n"], ids=["lf", "crlf"])
@pytest.mark.parametrize("versions", [False, True], ids=["changes", "versions"])
def test_fixes(tmp_path, line_end, versions):
    source = (
        "# coding: latin-1\nif 'é' + f(a == None, b != None):\n    pass\nx = set([1])\ny = c == None  # noqa".replace(
            "\n", line_end
        )
    )
    path = tmp_path / "a.py"
    uri = path.as_uri()

    def edits_of(action):
        if not versions:
            return action.edit.changes[uri]
        (change,) = action.edit.document_changes
        assert (change.text_document.uri, change.text_document.version) == (uri, 7)
        return change.edits

    async def scenario():
        async with editor(tmp_path, options=["--select", "all"], versions=versions) as client:
            client.open(uri, source, version=7)
            assert len((await client.next()).diagnostics) == 3
            quick, also, suppress, _, fix_all = await client.actions(uri, (1, 20), (1, 22))
            assert (quick.title, quick.kind, also.title) == (
                "Write `a is None` (equals-none)", "quickfix", "Write `b is not None` (differs-from-none)"
            )  # fmt: skip
            assert quick.is_preferred and [each.code for each in quick.diagnostics] == ["equals-none"]
            assert applied(source, edits_of(quick)) == source.replace("a == None", "a is None")
            suppressed = applied(source, edits_of(suppress))
            assert suppressed == source.replace("None):", "None):  # lazyast: ignore[equals-none]")
            assert fix_all.kind == "source.fixAll.lazyast"
            assert [each.kind for each in await client.actions(uri, (0, 0), (0, 0))] == ["source.fixAll.lazyast"]
            for only in ("source", "source.fixAll", "source.fixAll.lazyast"):
                assert await client.actions(uri, (0, 0), (9, 0), [only]) == [fix_all]
            assert len(await client.actions(uri, (0, 0), (9, 0), ["quickfix"])) == 6
            assert await client.actions(uri, (0, 0), (9, 0), ["source.fix"]) == []
            return applied(source, edits_of(fix_all))

    fixed = asyncio.run(scenario())
    path.write_bytes(source.encode("latin-1"))
    check(tmp_path, "--select", "all", "--fix")
    assert fixed == path.read_bytes().decode("latin-1") != source


def test_directories_have_their_own_settings(tmp_path):
    one, two = tmp_path / "one", tmp_path / "two"
    for directory in (one, two, two / "skipped", two / "venv"):
        directory.mkdir()
    (one / "lazyast.toml").write_text("[rules]\nignore = ['equals-none']\n")
    (two / "pyproject.toml").write_text("[tool.lazyast]\nexclude = ['skipped/']\npython = '3.11'\n")
    text = "x = y == None\n"
    new = two / "new.py"
    for path in (two / "skipped/a.py", two / "venv/a.py", tmp_path / "a.py"):
        path.write_text(text)

    async def scenario():
        async with editor(one, two) as client:

            async def codes(path, source=text, uri=None):
                client.open(uri or path.as_uri(), source)
                return [each.code for each in (await client.next()).diagnostics]

            assert await codes(one / "a.py") == []
            assert await codes(new) == ["equals-none"]
            assert await codes(None, uri="untitled:Untitled-1") == []
            for path in (two / "skipped/a.py", two / "venv/a.py", tmp_path / "a.py"):
                assert await codes(path) == []
            # Nothing is published, because there is newer syntax.
            client.open((two / "b.py").as_uri(), "type X = int\nx == None\n")
            assert "3.12" in (await client.next(client.logged)).message
            removed = types.WorkspaceFolder(uri=two.as_uri(), name="two")
            event = types.WorkspaceFoldersChangeEvent(added=[], removed=[removed])
            client.workspace_did_change_workspace_folders(types.DidChangeWorkspaceFoldersParams(event))
            published = {}
            while len(published) < 7:
                each = await client.next()
                published[each.uri] = each.diagnostics
            assert not published[new.as_uri()]

    run(scenario())


@pytest.mark.parametrize("unit", ["utf-8", "utf-16-le"])
def test_random_changes_arrive(tmp_path, unit):
    uri = (tmp_path / "a.py").as_uri()
    generator = random.Random(unit)
    pieces = ["x == None", "\n", "\r\n", "'é'; ", "'😀'; ", "\r", "f(\n", ")", " ", "# é\n"]
    text = "x == None\n'😀'; y == None\n"

    def position(index):
        lines = text[:index].splitlines(keepends=True) or [""]
        if lines[-1].endswith(("\n", "\r")):
            lines.append("")
        return types.Position(len(lines) - 1, len(lines[-1].encode(unit)) // (2 if unit == "utf-16-le" else 1))

    async def scenario():
        nonlocal text
        encodings = ["utf-8"] if unit == "utf-8" else None
        async with editor(tmp_path, encodings=encodings, options=["--select", "equals-none"]) as client:
            client.open(uri, text)
            for version in range(2, 300):
                start, end = sorted(generator.randrange(len(text) + 1) for _ in range(2))
                # No position is between the two characters of a line end.
                start, end = (index - (text[index - 1 : index + 1] == "\r\n") for index in (start, end))
                end = min(end, start + 5)
                end -= text[end - 1 : end + 1] == "\r\n" and end > start
                piece = generator.choice(pieces)
                changed = types.Range(position(start), position(end))
                text = text[:start] + piece + text[end:]
                client.change(uri, version, (changed, piece))
            # Afterwards the text has a syntax of its own, so that something is published.
            client.change(uri, 300, (types.Range(position(0), position(0)), '""""""; x == None; """'))
            text = '""""""; x == None; """' + text
            at = position(len(text))
            client.change(uri, 301, (types.Range(at, at), '"""; y == None'))
            text += '"""; y == None'
            while (published := await client.next()).version != 301:
                pass
            lines = text.count("\n") + text.count("\r") - text.count("\r\n")
            first, last = published.diagnostics
            assert span(first) == (0, 8, 0, 17)
            assert span(last)[0] == span(last)[2] == lines
            end = types.Position(*span(last)[2:])
            assert offset(text, end, unit) == len(text)

    run(scenario())


def test_the_session_ends_as_the_protocol_says(tmp_path):
    async def scenario():
        async with editor(tmp_path) as client:
            with pytest.raises(Exception, match="not supported"):
                await client.protocol.send_request_async("unknown/request", {})
            client.protocol.notify("unknown/notification", {})
        client = Editor()
        await client.start_io(sys.executable, "-m", "lazyast", "lsp", "--stdio")
        with pytest.raises(Exception, match="initialize"):
            await client.shutdown_async(None)
        await client.initialize_async(types.InitializeParams(types.ClientCapabilities()))
        client.exit(None)
        assert await client.ended() == 1
        await client.stop()

    run(scenario())
    for message in (b"", b"Content-Length: 3\r\n\r\n{}", b"hello\n", b"Content-Length: 2\r\n\r\n[]"):
        ended = subprocess.run(
            [sys.executable, "-m", "lazyast", "lsp"], input=message, capture_output=True, timeout=SECONDS
        )
        assert (ended.returncode, ended.stdout) == (1, b"")
