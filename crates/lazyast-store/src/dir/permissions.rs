//! Ownership and permissions of cache directories.
//!
//! Anyone with write access can poison the cache. So a cache directory is created for its owner alone, and a directory
//! that another user owns or can write to is rejected. Where the umask is 002, directories that a user has created are
//! writable for the user's group. They are accepted if nobody else is in that group, or if the user trusts the group.

use std::fs;
use std::io;
use std::path::Path;

use crate::dir::error::CacheDirectoryError;

/// Which users can own a directory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AllowedOwners {
    /// The user of this process.
    User,
    /// The user, or root, who can change everything that the user trusts anyway.
    UserAndRoot,
}

/// Creates a directory and its parents, accessible to the user alone.
#[cfg(unix)]
pub(crate) fn create_private(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(path)
}

/// Creates a directory and its parents.
#[cfg(not(unix))]
pub(crate) fn create_private(path: &Path) -> io::Result<()> {
    fs::create_dir_all(path)
}

/// Whether a directory does not exist yet, or only its owner has access to it.
#[cfg(unix)]
pub(crate) fn is_private_or_missing(path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    fs::symlink_metadata(path).map_or(true, |metadata| metadata.is_dir() && metadata.mode() & 0o077 == 0)
}

/// Always false: this platform's permissions are not examined.
#[cfg(not(unix))]
pub(crate) fn is_private_or_missing(_path: &Path) -> bool {
    false
}

/// Checks that only allowed users can write to the root of a cache. The root can be a symbolic link.
pub(crate) fn check_root(path: &Path, owners: AllowedOwners) -> Result<(), CacheDirectoryError> {
    let failed = |error| CacheDirectoryError::Io { path: path.to_owned(), error };
    check_rights(path, &fs::metadata(path).map_err(failed)?, owners)
}

/// Checks that only allowed users can write to a directory inside a cache, and that it is not a symbolic link.
pub(crate) fn check_inner(path: &Path, owners: AllowedOwners) -> Result<(), CacheDirectoryError> {
    let failed = |error| CacheDirectoryError::Io { path: path.to_owned(), error };
    let metadata = fs::symlink_metadata(path).map_err(failed)?;
    if !metadata.is_dir() {
        return Err(CacheDirectoryError::NotADirectory { path: path.to_owned() });
    }
    check_rights(path, &metadata, owners)
}

#[cfg(unix)]
fn check_rights(
    path: &Path,
    metadata: &fs::Metadata,
    owners: AllowedOwners,
) -> Result<(), CacheDirectoryError> {
    use std::os::unix::fs::MetadataExt;
    // Linux shows each process as a directory that its user owns. Elsewhere a new file has the user as its owner.
    let expected = fs::metadata("/proc/self")
        .or_else(|_| tempfile::tempfile().and_then(|file| file.metadata()))
        .map_err(|error| CacheDirectoryError::Io { path: path.to_owned(), error })?
        .uid();
    let is_root_allowed = owners == AllowedOwners::UserAndRoot && metadata.uid() == 0;
    if metadata.uid() != expected && !is_root_allowed {
        return Err(CacheDirectoryError::WrongOwner {
            path: path.to_owned(),
            found: metadata.uid(),
            expected,
        });
    }
    let mode = metadata.mode() & 0o7777;
    let is_group_trusted = || trusts_groups() || is_group_of_one(metadata.uid(), metadata.gid());
    if mode & 0o002 != 0 || mode & 0o020 != 0 && !is_group_trusted() {
        return Err(CacheDirectoryError::WritableByOthers { path: path.to_owned(), found: mode });
    }
    Ok(())
}

/// The environment variable that says which other users can write to a cache directory: `group`.
#[cfg(unix)]
const TRUST_VARIABLE: &str = "LAZYAST_CACHE_TRUST";

/// Whether the user trusts the groups of cache directories. A configuration file cannot say so: it may come from others.
#[cfg(unix)]
fn trusts_groups() -> bool {
    std::env::var_os(TRUST_VARIABLE).is_some_and(|value| value == "group")
}

/// Whether a group is the private group of a user: it has the user's number, and no member but the user.
#[cfg(unix)]
fn is_group_of_one(user: u32, group: u32) -> bool {
    // Groups of a directory service are not in these files, and have no private groups with the user's number.
    let (Ok(users), Ok(groups)) = (fs::read_to_string("/etc/passwd"), fs::read_to_string("/etc/group"))
    else {
        return false;
    };
    user == group && is_private_group(&users, &groups, user)
}

/// The same, for the texts of `/etc/passwd` and `/etc/group`.
#[cfg(unix)]
fn is_private_group(users: &str, groups: &str, number: u32) -> bool {
    let number = number.to_string();
    let users: Vec<Vec<&str>> = users.lines().map(|line| line.split(':').collect()).collect();
    let with_this_group = users.iter().filter(|fields| fields.get(3) == Some(&&*number));
    let names: Vec<&str> = with_this_group.filter_map(|fields| fields.first().copied()).collect();
    let Some(members) = groups.lines().map(|line| line.split(':').collect::<Vec<_>>()).find_map(|fields| {
        (fields.get(2) == Some(&&*number)).then(|| fields.get(3).copied().unwrap_or_default())
    }) else {
        return false;
    };
    let [name] = names[..] else { return false };
    members.split(',').all(|member| member.is_empty() || member == name)
}

#[cfg(all(test, unix))]
mod tests {
    use super::is_private_group;

    #[test]
    fn a_private_group_has_one_member() {
        let users = "root:x:0:0:::\nann:x:1000:1000:::\nbob:x:1001:1001:::\neve:x:1002:1001:::\n";
        let groups = "root:x:0:\nann:x:1000:ann\nbob:x:1001:\ncal:x:1003:ann\n";
        assert!(is_private_group(users, groups, 0));
        assert!(is_private_group(users, groups, 1000));
        assert!(!is_private_group(users, groups, 1001), "the primary group of two users");
        assert!(!is_private_group(users, "ann:x:1000:ann,bob\n", 1000), "another member");
        assert!(!is_private_group(users, groups, 1003), "nobody's own group");
        assert!(!is_private_group(users, "", 1000), "an unknown group");
    }
}

#[cfg(not(unix))]
fn check_rights(
    _path: &Path,
    _metadata: &fs::Metadata,
    _owners: AllowedOwners,
) -> Result<(), CacheDirectoryError> {
    Ok(())
}
