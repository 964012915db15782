//! Running a job in a child process: own process group, limits, both pipes drained, the whole group killed in the end.

use std::io::Read;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::resource::{Resource, setrlimit};
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;

use crate::config::Limits;
use crate::worker::serve::write_job;
use crate::worker::{Failure, FailureKind, Job, Reply, reply};

/// How to start a worker.
#[derive(Debug, Clone)]
pub struct Launch {
    /// Program (for built-in algorithms this binary itself).
    pub program: PathBuf,
    /// Its arguments.
    pub args: Vec<String>,
    /// What it may use.
    pub limits: Limits,
    /// Threads it may use.
    pub threads: usize,
}

/// True once the user has asked to stop; checked while waiting for a worker.
pub type Stop = Arc<AtomicUsize>;

/// Limits of this very process, set by a worker on itself before it reads its job: CPU seconds and writable memory.
///
/// # Errors
/// The system's own, when a limit cannot be set.
pub fn limit_self(cpu_seconds: u64, memory_mib: u64) -> std::io::Result<()> {
    setrlimit(Resource::RLIMIT_CPU, cpu_seconds, cpu_seconds + 1)?;
    let bytes = memory_mib.saturating_mul(1 << 20);
    setrlimit(Resource::RLIMIT_DATA, bytes, bytes)?;
    setrlimit(Resource::RLIMIT_CORE, 0, 0)?;
    #[cfg(target_os = "linux")]
    nix::sys::prctl::set_pdeathsig(Signal::SIGKILL)?;
    Ok(())
}

/// Runs a job in a child and reads its answer.
///
/// # Errors
/// A [`Failure`] of the kind that was seen. `Err(None)` when `stop` was raised meanwhile.
pub fn run(launch: &Launch, job: &Job, stop: &Stop) -> Result<Reply, Option<Failure>> {
    let mut child = Command::new(&launch.program)
        .args(&launch.args)
        .env("RAYON_NUM_THREADS", launch.threads.to_string())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .spawn()
        .map_err(|e| {
            Failure::new(
                FailureKind::Crash,
                format!("{} cannot be started: {e}", launch.program.display()),
            )
        })?;
    let group = Group(child.id());
    let seen = Seen::default();
    let (status, ended) = thread::scope(|scope| {
        if let Some(stdin) = child.stdin.take() {
            // A worker that dies early breaks the pipe; what matters then is its exit, not this error.
            scope.spawn(move || write_job(std::io::BufWriter::new(stdin), job));
        }
        if let Some(stdout) = child.stdout.take() {
            let limit = launch.limits.output << 20;
            let seen = &seen;
            scope.spawn(move || seen.read_output(stdout, limit));
        }
        if let Some(stderr) = child.stderr.take() {
            scope.spawn(|| seen.read_errors(stderr));
        }
        let ended = wait(&mut child, launch, &seen, stop);
        // Whatever the worker has started must not outlive it, nor keep our pipes open.
        group.kill();
        (child.wait(), ended)
    });
    let status = status.map_err(|e| {
        Failure::new(
            FailureKind::Crash,
            format!("its exit status is unknown: {e}"),
        )
    })?;
    verdict(job, launch, &seen, status, ended)
}

/// How the waiting ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ended {
    Exited,
    Timeout,
    Memory,
    Output,
    Stopped,
}

/// Kills a process group when it goes out of scope, whatever happens.
struct Group(u32);

impl Group {
    fn kill(&self) {
        if let Ok(id) = i32::try_from(self.0) {
            // It may be gone already: then there is nothing to kill.
            let _ = killpg(Pid::from_raw(id), Signal::SIGKILL);
        }
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.kill();
    }
}

/// What has been read from the child so far.
#[derive(Default)]
struct Seen {
    output: Mutex<Vec<u8>>,
    errors: Mutex<Vec<u8>>,
    too_much: AtomicUsize,
}

/// Bytes of stderr that are kept: the last ones.
const KEPT: usize = 64 << 10;

impl Seen {
    fn read_output(&self, mut stream: impl Read, limit: u64) {
        let mut buffer = vec![0; 1 << 16];
        let mut all = Vec::new();
        loop {
            match stream.read(&mut buffer) {
                Ok(0) | Err(_) => break,
                Ok(read) if (all.len() + read) as u64 > limit => {
                    self.too_much.store(1, Ordering::Relaxed);
                    break;
                }
                Ok(read) => all.extend_from_slice(&buffer[..read]),
            }
        }
        if let Ok(mut output) = self.output.lock() {
            *output = all;
        }
    }

    fn read_errors(&self, mut stream: impl Read) {
        let mut buffer = vec![0; 1 << 12];
        while let Ok(read) = stream.read(&mut buffer) {
            if read == 0 {
                break;
            }
            if let Ok(mut errors) = self.errors.lock() {
                errors.extend_from_slice(&buffer[..read]);
                let surplus = errors.len().saturating_sub(KEPT);
                errors.drain(..surplus);
            }
        }
    }

    fn errors(&self) -> String {
        self.errors
            .lock()
            .map(|errors| String::from_utf8_lossy(&errors).into_owned())
            .unwrap_or_default()
    }
}

fn wait(child: &mut Child, launch: &Launch, seen: &Seen, stop: &Stop) -> Ended {
    let start = Instant::now();
    let timeout = Duration::from_secs(launch.limits.timeout);
    let mut pause = Duration::from_micros(200);
    loop {
        match child.try_wait() {
            Ok(None) => {}
            Ok(Some(_)) | Err(_) => return Ended::Exited,
        }
        if stop.load(Ordering::Relaxed) != 0 {
            return Ended::Stopped;
        }
        if start.elapsed() > timeout {
            return Ended::Timeout;
        }
        if seen.too_much.load(Ordering::Relaxed) != 0 {
            return Ended::Output;
        }
        if resident(child.id()) > launch.limits.memory << 20 {
            return Ended::Memory;
        }
        thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(10));
    }
}

/// Resident memory of a process in bytes; 0 when it cannot be read.
fn resident(id: u32) -> u64 {
    let text = std::fs::read_to_string(format!("/proc/{id}/statm")).unwrap_or_default();
    text.split(' ')
        .nth(1)
        .and_then(|pages| pages.parse::<u64>().ok())
        .unwrap_or(0)
        * 4096
}

fn verdict(
    job: &Job,
    launch: &Launch,
    seen: &Seen,
    status: ExitStatus,
    ended: Ended,
) -> Result<Reply, Option<Failure>> {
    let failure = |kind, error: String| Err(Some(Failure::new(kind, error)));
    let errors = seen.errors();
    match ended {
        Ended::Stopped => return Err(None),
        Ended::Timeout => {
            return failure(
                FailureKind::Timeout,
                format!("no answer within {} s", launch.limits.timeout),
            );
        }
        Ended::Memory => {
            return failure(
                FailureKind::MemoryLimit,
                format!("more than {} MiB of memory", launch.limits.memory),
            );
        }
        Ended::Output => {
            return failure(
                FailureKind::Protocol,
                format!("more than {} MiB of output", launch.limits.output),
            );
        }
        Ended::Exited => {}
    }
    if let Some(signal) = status.signal() {
        if signal == Signal::SIGXCPU as i32 || signal == Signal::SIGKILL as i32 && errors.is_empty()
        {
            return failure(
                FailureKind::Timeout,
                format!("more than {} s of CPU time", launch.limits.timeout),
            );
        }
        if errors.contains("memory allocation of") {
            return failure(
                FailureKind::MemoryLimit,
                format!(
                    "an allocation was refused under the limit of {} MiB",
                    launch.limits.memory
                ),
            );
        }
        let name = Signal::try_from(signal)
            .map_or_else(|_| signal.to_string(), |signal| signal.to_string());
        return failure(
            FailureKind::Crash,
            with_last_line(format!("killed by {name}"), &errors),
        );
    }
    if !status.success() {
        let code = status.code().unwrap_or(-1);
        return failure(
            FailureKind::Crash,
            with_last_line(format!("exit status {code}"), &errors),
        );
    }
    let output = seen
        .output
        .lock()
        .map(|mut output| std::mem::take(&mut *output))
        .unwrap_or_default();
    let Ok(text) = String::from_utf8(output) else {
        return failure(FailureKind::Protocol, "its answer is not UTF-8".to_owned());
    };
    reply::parse(job, &text).map_err(Some)
}

/// Adds the first telling line of stderr, without what changes from run to run (thread names, numbers of processes).
fn with_last_line(what: String, errors: &str) -> String {
    let telling = errors
        .lines()
        .map(str::trim)
        .find(|line| !line.is_empty() && !line.starts_with("note:"));
    match telling {
        Some(line) => {
            let mut line = line.to_owned();
            if let (Some(open), Some(close)) = (line.find(" ("), line.find(") "))
                && line.starts_with("thread")
                && open < close
            {
                line.replace_range(open..=close, "");
            }
            let rest = errors
                .lines()
                .map(str::trim)
                .skip_while(|l| !l.starts_with("thread"))
                .nth(1)
                .unwrap_or_default();
            let tail = if line.starts_with("thread") && !rest.is_empty() {
                format!(" {rest}")
            } else {
                String::new()
            };
            format!("{what}: {line}{tail}")
        }
        None => what,
    }
}
