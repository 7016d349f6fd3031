//! Descendants that have a libssl and are not recorded: which, why, and what mends it.
//!
//! No event tells of a descendant's program: those of the kernel (the proc connector) are root's, and of all processes of the
//! system. So a thread looks at our own descendants alone, when the system's libssl is opened by anybody, often while programs come and
//! go, and four times a second else. What comes and goes between two looks is not seen. Nothing is done in those processes, and once one is known to be recorded it is left alone.

use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::descendants::{self, Descendant, Memory};
use super::family;
use super::mending;
use super::opened::Opened;
use crate::say::say;

const OFTEN: Duration = Duration::from_millis(50);
const SELDOM: Duration = Duration::from_millis(250);

/// The pause is at least so many times as long as the look, which takes longer where there are many threads to be looked through: while
/// something is new, and else.
const NEW: u32 = 10;
const OLD: u32 = 200;
const LONGEST: Duration = Duration::from_secs(1);

/// How long after a libssl was opened it is looked: it is there soon, and some programs are gone soon.
const AFTER: [Duration; 4] =
    [Duration::ZERO, Duration::from_millis(1), Duration::from_millis(2), Duration::from_millis(5)];

/// So many programs are remembered; a build runs through more than anybody wants to hear of.
const MOST: usize = 256;

/// What was found.
#[derive(Default)]
pub(super) struct Found {
    /// Every program that was seen.
    pub(super) programs: BTreeSet<PathBuf>,
    /// The names of those that ran unrecorded, of which it was said why.
    pub(super) unrecorded: BTreeSet<String>,
}

/// Looks until this process ends.
pub(super) struct Watch(Arc<Mutex<Found>>);

impl Watch {
    /// For an object of this file name, and the variables that it is set up with; of a process group that is apart, a browser's, nothing is said.
    /// Without a thread nothing is found, and the rest goes on.
    pub(super) fn start(object: &Path, variables: Vec<&'static str>, apart: Option<u32>) -> Watch {
        let found = Arc::new(Mutex::new(Found::default()));
        let (object, us) = (descendants::name(object), std::env::current_exe().unwrap_or_default());
        let mut watching =
            Watching { object, us, variables, apart, known: HashMap::new(), found: Arc::clone(&found) };
        let opened = Opened::new();
        let look = move || {
            let mut pause = OFTEN;
            loop {
                let is_opened = opened.wait(pause);
                let mut begin = Instant::now();
                let mut any = false;
                for after in &AFTER[..if is_opened { AFTER.len() } else { 1 }] {
                    thread::sleep(*after);
                    begin = Instant::now();
                    any |= watching.look();
                }
                let took = begin.elapsed();
                let (usual, part) = if any { (OFTEN, NEW) } else { ((pause * 2).min(SELDOM), OLD) };
                pause = usual.max(took * part).min(LONGEST);
                if is_opened {
                    // Where many programs begin the looks must not take all the time.
                    thread::sleep(took * NEW);
                }
            }
        };
        let _ = thread::Builder::new().name("descendants".to_owned()).spawn(look);
        Watch(found)
    }

    /// Calls with what was found so far.
    pub(super) fn found<T>(&self, ask: impl FnOnce(&Found) -> T) -> T {
        ask(&self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// What is known of a process, as long as it runs the same program.
struct Known {
    program: PathBuf,
    /// It is recorded, or it was said that it is not.
    settled: bool,
}

struct Watching {
    object: String,
    us: PathBuf,
    variables: Vec<&'static str>,
    apart: Option<u32>,
    known: HashMap<u32, Known>,
    found: Arc<Mutex<Found>>,
}

impl Watching {
    /// Whether anything is new.
    fn look(&mut self) -> bool {
        let all = descendants::all();
        self.known.retain(|pid, _| all.iter().any(|descendant| descendant.pid == *pid));
        let mut any = false;
        for descendant in &all {
            let pid = descendant.pid;
            // A child of ours is a copy of us until it has become the program.
            let Some(program) = descendants::program(pid).filter(|program| *program != self.us) else {
                continue;
            };
            let known = self.known.get(&pid).filter(|known| known.program == program);
            if known.is_some_and(|known| known.settled) {
                continue;
            }
            if self.apart.is_some() && family::group(pid) == self.apart {
                continue;
            }
            any |= known.is_none();
            self.remember(|found| &mut found.programs, program.clone());
            let settled = match self.see(*descendant, &all) {
                Sight::Recorded => true,
                Sight::Nothing => false,
                Sight::Unrecorded(why) => {
                    // It may have become another one while we looked.
                    let same = descendants::program(pid).is_some_and(|now| now == program);
                    let name = descendants::name(&program);
                    if same && self.remember(|found| &mut found.unrecorded, name.clone()) {
                        say!("{name} (pid {pid}) has a libssl and is not recorded: {why}");
                    }
                    same
                }
            };
            self.known.insert(pid, Known { program, settled });
        }
        any
    }

    /// Whether it was not yet known, and there was room.
    fn remember<T: Ord>(&self, which: impl FnOnce(&mut Found) -> &mut BTreeSet<T>, what: T) -> bool {
        let mut found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        let set = which(&mut found);
        set.len() < MOST && set.insert(what)
    }

    fn see(&self, Descendant { pid, parent }: Descendant, all: &[Descendant]) -> Sight {
        let Some(memory) = descendants::memory(pid, &self.object) else { return Sight::Nothing };
        let missing = self.missing(pid, memory);
        if memory.object && missing.is_empty() {
            return Sight::Recorded;
        }
        if !memory.libssl {
            return Sight::Nothing;
        }
        if descendants::is_secure(pid) {
            let why = "it has more rights than who started it, and the system loads nothing foreign into such programs";
            return Sight::Unrecorded(why.to_owned());
        }
        if memory.musl {
            return Sight::Unrecorded("it is linked with musl, and what records here needs glibc".to_owned());
        }
        if missing.is_empty() {
            let why = "LD_PRELOAD is in its environment, and its dynamic linker did not load what that names";
            return Sight::Unrecorded(why.to_owned());
        }
        let parents = parents(parent, all);
        let by = match parents.first() {
            Some(parent) => format!(" by {}", descendants::name(parent)),
            None => String::new(),
        };
        let what = format!("it was started{by} without {} in its environment", missing.join(" and "));
        Sight::Unrecorded(match mending::line(&parents, &self.variables.join(" ")) {
            Some(line) => format!("{what}; what mends it: {line}"),
            None => what,
        })
    }

    /// Which of our variables it was started without, as far as it shows.
    fn missing(&self, pid: u32, memory: Memory) -> Vec<&'static str> {
        let is_there = |names: &[String], variable: &str| names.iter().any(|name| name == variable);
        match descendants::environment(pid) {
            // What loaded the object has been there, whatever stands there now.
            Some(names) if memory.object && !is_there(&names, "LD_PRELOAD") => Vec::new(),
            Some(names) => {
                self.variables.iter().copied().filter(|variable| !is_there(&names, variable)).collect()
            }
            None if memory.object => Vec::new(),
            None => self.variables.clone(),
        }
    }
}

/// What was seen of a process.
enum Sight {
    /// What records is in it, and knows where we are.
    Recorded,
    /// Nothing that could be recorded, so far.
    Nothing,
    /// Why what it has is not recorded.
    Unrecorded(String),
}

/// The programs of this process and of those above it, up to us.
fn parents(mut pid: u32, all: &[Descendant]) -> Vec<PathBuf> {
    let mut programs = Vec::new();
    while let Some(process) = all.iter().find(|process| process.pid == pid) {
        programs.extend(descendants::program(pid));
        pid = process.parent;
    }
    programs
}
