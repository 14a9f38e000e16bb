//! `lazyast stats`: what each version's cache in the cache directory contains, and whether the interpreter's nodes are
//! served, as text or JSON.

use std::io::{self, Write};

use clap::Args;
use indicatif::HumanCount;
use lazyast::Cache;
use serde_json::{Value, json};

use crate::cache_arguments::CacheArguments;
use crate::error::CommandError;
use crate::format::{counted, human_bytes};
use crate::interpreter::{self, PackageInterpreter};

#[derive(Args, Debug)]
pub(crate) struct StatsCommand {
    /// Print one JSON object
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    cache: CacheArguments,
}

impl StatsCommand {
    pub(crate) fn run(self) -> Result<(), CommandError> {
        let mut out = io::stdout().lock();
        let root = self.cache.directory()?;
        let name = root.display().to_string();
        let mut all = Vec::new();
        let exists = root.exists();
        if exists {
            let cache = Cache::at(root)?;
            if let Some(store) = cache.store() {
                all.push(store.stats());
                all.extend(store.stats_of_others());
            }
        }
        let interpreter = interpreter::find_interpreter();
        if self.json {
            let versions: Vec<Value> =
                all.iter().enumerate().map(|(index, stats)| as_json(stats, index == 0)).collect();
            writeln!(
                out,
                "{}",
                json!({
                    "directory": name,
                    "interpreter": interpreter.as_ref().map(interpreter_as_json),
                    "versions": versions,
                })
            )?;
            return Ok(());
        }
        writeln!(out, "directory  {name}{}", if exists { "" } else { " (does not exist yet)" })?;
        writeln!(out, "nodes      {}", nodes(interpreter.as_ref()))?;
        for (index, stats) in all.iter().enumerate() {
            print(&mut out, stats, index == 0)?;
        }
        Ok(())
    }
}

/// Whether nodes are served, and on which interpreter.
fn nodes(interpreter: Option<&PackageInterpreter>) -> String {
    let Some(interpreter) = interpreter else {
        return "no interpreter has the Python package lazyast".to_owned();
    };
    let PackageInterpreter { implementation, version, executable, is_served } = interpreter;
    match is_served {
        true => format!("served on {implementation} {version}, {executable}"),
        false => {
            format!("not served on {implementation} {version}, {executable}: its own parser makes all trees")
        }
    }
}

fn interpreter_as_json(interpreter: &PackageInterpreter) -> Value {
    json!({
        "implementation": interpreter.implementation,
        "version": interpreter.version,
        "executable": interpreter.executable,
        "served": interpreter.is_served,
    })
}

fn version(stats: &lazyast::store::VersionStats) -> String {
    stats.path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn as_json(stats: &lazyast::store::VersionStats, is_current: bool) -> Value {
    json!({
        "version": version(stats),
        "current": is_current,
        "packs": stats.packs,
        "archives": stats.archives,
        "pack_bytes": stats.bytes,
        "damaged_packs": stats.damaged,
        "projects": stats.projects,
        "bytes": stats.all_bytes,
        "hits": stats.counts.hits,
        "unread": stats.counts.unread,
        "misses": stats.counts.misses,
    })
}

fn print(out: &mut impl Write, stats: &lazyast::store::VersionStats, is_current: bool) -> io::Result<()> {
    let count = |number: usize| HumanCount(number as u64);
    writeln!(out, "\n{}{}", version(stats), if is_current { "" } else { " (another version of lazyast)" })?;
    writeln!(out, "packs      {}", count(stats.packs))?;
    if stats.damaged > 0 {
        let damaged = counted(stats.damaged, "pack", "packs");
        writeln!(out, "damaged    {damaged} (never used; lazyast gc deletes them)")?;
    }
    writeln!(out, "archives   {}", count(stats.archives))?;
    writeln!(out, "projects   {}", count(stats.projects))?;
    writeln!(out, "size       {}", human_bytes(stats.all_bytes))?;
    let counts = stats.counts;
    if counts.hits + counts.misses > 0 {
        let share = 100.0 * counts.hits as f64 / (counts.hits + counts.misses) as f64;
        let (hits, unread) = (HumanCount(counts.hits), HumanCount(counts.unread));
        writeln!(out, "hits       {hits} ({share:.1} %), {unread} of them without reading the source")?;
        writeln!(out, "misses     {}", HumanCount(counts.misses))?;
    }
    Ok(())
}
