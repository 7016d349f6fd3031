//! When somebody on this system loads the libssl that we use ourselves: a program that runs for a few milliseconds is seen so.
//!
//! The kernel tells of files that are opened (inotify(7)); by whom it does not say, so that all our descendants are looked at then.
//! Programs with another libssl are found by looking now and then.

use std::fs;
use std::os::fd::OwnedFd;
use std::thread;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::inotify;

/// Those that wait for a libssl to be opened.
pub(super) struct Opened(Option<OwnedFd>);

impl Opened {
    /// From now on. Where the system does not tell, it only waits.
    pub(super) fn new() -> Self {
        let watch = || -> Option<OwnedFd> {
            let maps = fs::read_to_string("/proc/self/maps").ok()?;
            let path = own_libssl(&maps)?;
            let events =
                inotify::init(inotify::CreateFlags::CLOEXEC | inotify::CreateFlags::NONBLOCK).ok()?;
            inotify::add_watch(&events, path, inotify::WatchFlags::OPEN).ok()?;
            Some(events)
        };
        Opened(watch())
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

/// Where it lies that this process has loaded.
fn own_libssl(maps: &str) -> Option<&str> {
    let paths = maps.lines().filter_map(|line| line.find('/').map(|at| &line[at..]));
    paths.into_iter().find(|path| path.rsplit('/').next().is_some_and(|name| name.starts_with("libssl.so")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_opened_libssl_wakes() {
        let maps = fs::read_to_string("/proc/self/maps").unwrap();
        let path = own_libssl(&maps).expect("we are linked with it").to_owned();
        let opened = Opened::new();
        let open = thread::spawn(move || fs::File::open(path).map(drop));
        assert!(opened.wait(Duration::from_secs(60)));
        open.join().unwrap().unwrap();
    }
}
