//! The options that choose the cache. They are the same for every subcommand.

use std::path::{Path, PathBuf};

use clap::Args;
use lazyast::{Cache, CacheDirectoryError};

use crate::configuration::configuration;

#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Cache")]
pub(crate) struct CacheArguments {
    /// The cache directory [default: LAZYAST_CACHE_DIR, then cache-dir in [tool.lazyast] of pyproject.toml, then the
    /// platform's directory for caches]
    #[arg(long, value_name = "DIR")]
    cache_dir: Option<PathBuf>,
    /// Read-only underlay: a cache directory that is searched after the other one and never written. Can be given more
    /// than once [default: the directories in LAZYAST_CACHE_UNDERLAY]
    #[arg(long, value_name = "DIR", hide_short_help = true)]
    cache_underlay: Vec<PathBuf>,
    /// Deprecated name of --cache-underlay
    #[arg(long, value_name = "DIR", hide = true)]
    cache_lower: Vec<PathBuf>,
    /// Neither read nor write a cache
    #[arg(long, conflicts_with_all = ["cache_dir", "cache_underlay", "cache_lower"])]
    no_cache: bool,
}

impl CacheArguments {
    /// Opens the cache. If it cannot be used, a warning gives the reason and the command works without a cache.
    pub(crate) fn open(&self) -> Cache {
        if self.no_cache {
            return Cache::disabled();
        }
        configuration();
        if !self.cache_lower.is_empty() {
            eprintln!("lazyast: warning: the option --cache-lower is deprecated; use --cache-underlay");
        }
        let underlay = [&self.cache_underlay[..], &self.cache_lower[..]].concat();
        let cache = if underlay.is_empty() {
            Cache::open(self.cache_dir.as_deref())
        } else {
            Cache::open_with_underlay(self.cache_dir.as_deref(), &underlay)
        };
        match cache {
            Ok(cache) => {
                if let Some(deprecation) = cache.deprecation() {
                    eprintln!("lazyast: warning: {deprecation}");
                }
                for problem in cache.problems() {
                    eprintln!("lazyast: warning: {problem}");
                }
                cache
            }
            Err(CacheDirectoryError::Disabled) => Cache::disabled(),
            Err(error) => {
                eprintln!("lazyast: warning: {error}");
                Cache::disabled()
            }
        }
    }

    /// The cache directory that [`open`](Self::open) uses.
    pub(crate) fn directory(&self) -> Result<PathBuf, CacheDirectoryError> {
        if self.no_cache {
            return Err(CacheDirectoryError::Disabled);
        }
        configuration();
        lazyast::store::choose_cache_directory(self.cache_dir.as_deref(), Path::new("."))
    }
}
