//! Tables over a project: which archives they keep in memory.

use std::fs::{self, File};

use lazyast::table::{TableOptions, TableRelation, TableSpec, TableStream, TargetPython};
use lazyast::{Cache, Project, WarmOptions};

const FILES: usize = 3;

fn table(project: &Project) -> TableStream {
    let python = TargetPython::new(13, 0);
    let spec = TableSpec::new(TableRelation::Definitions, None, &Default::default(), python);
    project.table(spec.expect("all columns"), &TableOptions::default()).expect("all files")
}

fn rows(table: TableStream) -> usize {
    table.map(|batch| batch.expect("a file without an archive is no error").num_rows()).sum()
}

/// The first table keeps no archive, the second one all of them. Packs and sources that are gone show it.
#[test]
fn the_second_table_keeps_archives() {
    for tables_before in [1, 2] {
        let root = tempfile::tempdir().expect("the temporary directory is writable");
        let src = root.path().join("src");
        let cache = Cache::at(root.path().join("cache")).expect("it is writable");
        fs::create_dir(&src).expect("the directory is writable");
        for number in 0..FILES {
            let source = format!("def f{number}(): pass\n");
            fs::write(src.join(format!("{number}.py")), source).expect("the directory is writable");
        }
        let open = || Project::open(&cache, std::slice::from_ref(&src), WarmOptions::default());
        // A project that has made its archives itself has them in memory.
        open();
        let project = open();
        // A table of which only the schema is read does not count.
        drop(table(&project));
        for _ in 0..tables_before {
            assert_eq!(rows(table(&project)), FILES);
        }
        let packs = cache.store().expect("the cache is writable").directory().packs();
        for file in fs::read_dir(packs).expect("it exists").map(|entry| entry.expect("it exists").path()) {
            File::options().write(true).open(file).and_then(|file| file.set_len(0)).expect("it is writable");
        }
        fs::remove_dir_all(&src).expect("it exists");
        assert_eq!(rows(table(&project)), if tables_before == 1 { 0 } else { FILES });
    }
}
