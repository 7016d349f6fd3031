//! [`Cache`]: a certificate seen before is not parsed again.

use std::collections::HashMap;
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::sync::Arc;

use super::Certificate;

/// Summaries of the certificates seen last, found by their DER. Bounded in number and in bytes of DER kept.
#[derive(Debug)]
pub struct Cache {
    hasher: RandomState,
    entries: HashMap<u64, Entry>,
    capacity: usize,
}

#[derive(Debug)]
struct Entry {
    der: Box<[u8]>,
    summary: Arc<Certificate>,
}

impl Cache {
    /// Certificates longer than this, in bytes, are parsed each time and not kept.
    const LONGEST: usize = 16 * 1024;

    /// A cache of at most `capacity` certificates.
    pub fn new(capacity: usize) -> Self {
        Self { hasher: RandomState::new(), entries: HashMap::new(), capacity }
    }

    /// The summary of the certificate with these bytes, parsed now if it was not before.
    pub fn get(&mut self, der: &[u8]) -> Arc<Certificate> {
        // The end of a certificate is its signature, which tells nearly all apart; the comparison below tells the rest.
        let hash = self.hasher.hash_one((der.len(), der.last_chunk::<64>()));
        if let Some(entry) = self.entries.get(&hash)
            && *entry.der == *der
        {
            return Arc::clone(&entry.summary);
        }
        let summary = Arc::new(Certificate::parse(der));
        if der.len() <= Self::LONGEST && self.capacity > 0 {
            // A full cache starts afresh: rarer, and cheaper to get right, than an order of use.
            if self.entries.len() >= self.capacity {
                self.entries.clear();
            }
            self.entries.insert(hash, Entry { der: der.into(), summary: Arc::clone(&summary) });
        }
        summary
    }

    /// How many certificates it holds now.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

impl Default for Cache {
    /// Room for 1,024 certificates.
    fn default() -> Self {
        Self::new(1024)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_bytes_give_the_same_summary() {
        let mut cache = Cache::new(2);
        let first = cache.get(&[1]);
        assert!(Arc::ptr_eq(&first, &cache.get(&[1])));
        assert!(!Arc::ptr_eq(&first, &cache.get(&[2])));
    }

    #[test]
    fn certificates_that_end_alike_are_told_apart() {
        let mut cache = Cache::new(2);
        let (mut one, two) = (vec![0; 100], vec![0; 100]);
        one[0] = 0x30;
        let first = cache.get(&one);
        let second = cache.get(&two);
        assert_ne!(first, second);
        assert_eq!(second, cache.get(&two));
    }

    #[test]
    fn it_never_holds_more_than_it_may() {
        let mut cache = Cache::new(3);
        for number in 0..100_u8 {
            cache.get(&[number]);
            assert!(cache.len() <= 3);
        }
        cache.get(&vec![0; Cache::LONGEST + 1]);
        assert!(cache.len() <= 3);
    }
}
