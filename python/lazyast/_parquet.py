"""`lazyast export --to FILE.parquet`: from the Arrow stream that the command writes to a Parquet file."""

from __future__ import annotations


def main(arguments: list[str]) -> int:
    """Write the stream on standard input to the file that is the only argument, and return the exit code.

    Prints `ready` before it reads. Each batch becomes a row group, so that a row group has the rows of whole files, and
    its statistics tell readers which files these are.
    """
    import sys

    try:
        import pyarrow
        import pyarrow.ipc
        import pyarrow.parquet
    except ImportError:
        print("lazyast: error: Parquet files are written by pyarrow, which is not installed", file=sys.stderr)
        hint = f"{sys.executable} -m pip install pyarrow; `lazyast sql --to FILE.parquet` takes DuckDB instead"
        print(f"hint: {hint}", file=sys.stderr)
        return 1
    print("ready", flush=True)
    (path,) = arguments
    try:
        with (
            pyarrow.ipc.open_stream(sys.stdin.buffer) as stream,
            pyarrow.parquet.ParquetWriter(path, stream.schema, compression="zstd") as writer,
        ):
            for batch in stream:
                writer.write_batch(batch)
    except (OSError, pyarrow.ArrowException) as error:
        print(f"lazyast: error: cannot write {path}: {error}", file=sys.stderr)
        return 1
    return 0
