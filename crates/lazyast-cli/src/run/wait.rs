//! Running a command and waiting for it, without standing between it and its signals.

use std::io;
use std::process::{Command, ExitStatus};

/// Runs a command and waits for its end.
///
/// What a terminal sends reaches the command without this process, which ignores it. What other processes send to this
/// process is for the command.
#[cfg(unix)]
pub(crate) fn run_and_wait(command: &mut Command) -> io::Result<ExitStatus> {
    use rustix::process::{Pid, Signal, kill_process};
    use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM};
    use signal_hook::iterator::SignalsInfo;
    use signal_hook::iterator::exfiltrator::raw::WithRawSiginfo;

    let mut signals = SignalsInfo::<WithRawSiginfo>::new([SIGHUP, SIGINT, SIGQUIT, SIGTERM])?;
    let mut child = command.spawn()?;
    let pid = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
    let handle = signals.handle();
    std::thread::scope(|scope| {
        scope.spawn(move || {
            for info in &mut signals {
                // The kernel's signals have codes above zero; a terminal sends those to the command as well.
                let is_sent_by_process = info.si_code <= 0 || !cfg!(target_os = "linux");
                let is_for_both = matches!(info.si_signo, SIGINT | SIGQUIT) && !is_sent_by_process;
                if let (Some(pid), Some(signal), false) =
                    (pid, Signal::from_named_raw(info.si_signo), is_for_both)
                {
                    // The command may have ended in the meantime.
                    let _ = kill_process(pid, signal);
                }
            }
        });
        let status = child.wait();
        handle.close();
        status
    })
}

/// Runs a command and waits for its end.
#[cfg(not(unix))]
pub(crate) fn run_and_wait(command: &mut Command) -> io::Result<ExitStatus> {
    command.status()
}

/// Ends this process by the signal that has ended a command, if one has.
pub(crate) fn end_by_signal_of(status: ExitStatus) {
    #[cfg(unix)]
    {
        use std::os::unix::process::ExitStatusExt;
        if let Some(signal) = status.signal() {
            // If the signal does not end this process, its exit code says so.
            let _ = signal_hook::low_level::emulate_default_handler(signal);
        }
    }
    #[cfg(not(unix))]
    let _ = status;
}
