//! When somebody on this system loads the libssl that we use ourselves: a program that runs for a few milliseconds is seen so.
//!
//! The kernel tells of files that are opened (inotify(7)); by whom it does not say, so that all our descendants are looked at then.
//! Programs with another libssl are found by looking now and then.

use std::fs;
use std::os::fd::OwnedFd;
use std::path::Path;
use std::thread;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::inotify;

/// Those that wait for a libssl to be opened.
pub(super) struct Opened(Option<OwnedFd>);

impl Opened {
    /// From now on. Where the system does not tell, it only waits.
    pub(super) fn new() -> Self {
        let maps = fs::read_to_string("/proc/self/maps").unwrap_or_default();
        Opened(own_libssl(&maps).and_then(|path| watch(Path::new(path))))
    }

    /// Waits so long, or until it was opened: whether it was.
    pub(super) fn wait(&self, pause: Duration) -> bool {
        let (Some(events), Ok(patience)) = (&self.0, Timespec::try_from(pause)) else {
            thread::sleep(pause);
            return false;
        };
        let mut polled = [PollFd::new(events, PollFlags::IN)];
        let told = matches!(poll(&mut polled, Some(&patience)), Ok(1..));
        let mut buffer = [0; 4096];
        while told && rustix::io::read(events, &mut buffer).is_ok_and(|read| read > 0) {}
        told
    }
}

fn watch(path: &Path) -> Option<OwnedFd> {
    let events = inotify::init(inotify::CreateFlags::CLOEXEC | inotify::CreateFlags::NONBLOCK).ok()?;
    inotify::add_watch(&events, path, inotify::WatchFlags::OPEN).ok()?;
    Some(events)
}

/// Where it lies that this process has loaded.
fn own_libssl(maps: &str) -> Option<&str> {
    let paths = maps.lines().filter_map(|line| line.find('/').map(|at| &line[at..]));
    paths.into_iter().find(|path| path.rsplit('/').next().is_some_and(|name| name.starts_with("libssl.so")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_opened_wakes() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let opened = Opened(watch(file.path()));
        let path = file.path().to_owned();
        let open = thread::spawn(move || fs::File::open(path).map(drop));
        assert!(opened.wait(Duration::from_secs(60)));
        open.join().unwrap().unwrap();
    }

    #[test]
    fn the_libssl_of_a_process_stands_in_its_maps() {
        let maps = "55d0-55d1 r--p 00000000 fe:01 12   /usr/bin/tlsdiag\n\
                    7f00-7f01 r-xp 00001000 fe:01 13   /usr/lib/x86_64-linux-gnu/libssl.so.3\n";
        assert_eq!(own_libssl(maps), Some("/usr/lib/x86_64-linux-gnu/libssl.so.3"));
        assert_eq!(own_libssl("7ffd-7ffe rw-p 00000000 00:00 0   [stack]\n"), None);
    }
}
