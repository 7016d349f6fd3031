//! Handshakes that are established and still being recorded: they become records if nothing more comes, since their process ended first.

use std::collections::{BTreeMap, VecDeque};

/// So many are kept of one process; then the oldest becomes a record.
const MOST: usize = 4096;
/// So many that are over are remembered.
const REMEMBERED: usize = 1024;

/// Those of one process, by connection, packed.
#[derive(Default)]
pub(crate) struct Established {
    open: BTreeMap<u64, Vec<u8>>,
    /// They have become records; what comes of them now has come too late.
    released: VecDeque<u64>,
    /// Their recordings have come. What went by the socket may overtake what went by the ring.
    ended: VecDeque<u64>,
}

impl Established {
    /// One more; gives the one that there is no more room for.
    pub(crate) fn add(&mut self, connection: u64, packed: &[u8]) -> Option<Vec<u8>> {
        if self.ended.contains(&connection) {
            return None;
        }
        self.open.insert(connection, packed.to_vec());
        if self.open.len() <= MOST {
            return None;
        }
        let (oldest, packed) = self.open.pop_first()?;
        remember(&mut self.released, oldest);
        Some(packed)
    }

    /// The recording of that connection has come; `false` where the connection has its record already.
    pub(crate) fn end(&mut self, connection: u64) -> bool {
        self.open.remove(&connection);
        remember(&mut self.ended, connection);
        !self.released.contains(&connection)
    }

    /// Nothing more comes: what there is, oldest first.
    pub(crate) fn take(&mut self) -> Vec<Vec<u8>> {
        let open = std::mem::take(&mut self.open);
        open.into_iter()
            .map(|(connection, packed)| {
                remember(&mut self.released, connection);
                packed
            })
            .collect()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.open.is_empty()
    }
}

fn remember(those: &mut VecDeque<u64>, connection: u64) {
    those.push_back(connection);
    if those.len() > REMEMBERED {
        those.pop_front();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_connection_has_one_record() {
        let mut established = Established::default();
        assert_eq!(established.add(1, b"one"), None);
        assert_eq!(established.add(2, b"two"), None);
        assert!(established.end(1), "its recording has come");
        assert_eq!(established.add(1, b"one"), None, "it came late");
        assert_eq!(established.take(), [b"two".to_vec()]);
        assert!(established.is_empty() && established.take().is_empty());
        assert!(!established.end(2), "it has a record");
        assert!(established.end(3));
    }

    #[test]
    fn what_there_is_no_room_for_becomes_a_record() {
        let mut established = Established::default();
        let given: Vec<_> = (0..=MOST as u64).filter_map(|n| established.add(n, &n.to_be_bytes())).collect();
        assert_eq!(given, [0_u64.to_be_bytes().to_vec()]);
        assert!(!established.end(0));
    }
}
