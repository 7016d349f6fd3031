//! A program whose first process has ended while others go on: a server that went into the background.

use std::path::Path;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use super::descendants;
use crate::say::say;

/// So long after the first process what was recorded may still be on its way through the collector.
const SETTLING: Duration = Duration::from_millis(200);

/// Waits until the last process that records has gone, and says that there is one, since somebody may wait for us to end.
pub(super) fn wait(worker: JoinHandle<()>, object: &Path) {
    let begin = Instant::now();
    while !worker.is_finished() {
        if begin.elapsed() >= SETTLING
            && let Some(sentence) = going_on(&descendants::name(object))
        {
            say!("{sentence}");
            break;
        }
        thread::sleep(Duration::from_millis(20));
    }
    let _ = worker.join();
}

/// Those that belong to us now, and not what they have started.
fn going_on(object: &str) -> Option<String> {
    let us = std::process::id();
    let recorded: Vec<_> = descendants::all()
        .into_iter()
        .filter(|process| {
            descendants::memory(process.pid, object).is_some_and(|memory| memory.object && memory.libssl)
        })
        .collect();
    let first = recorded.first()?;
    let name = descendants::name(&descendants::program(first.pid)?);
    let more = recorded.iter().skip(1).filter(|process| process.parent == us).count();
    let (more, go, end) = match more {
        0 => (String::new(), "goes", "it ends"),
        more => (format!(" and {more} more"), "go", "they end"),
    };
    Some(format!("{name} (pid {}){more} {go} on in the background: recording until {end}", first.pid))
}
