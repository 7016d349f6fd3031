//! The search: what fails, what makes it work, the smallest part of that, and the proof. It knows nothing of TLS.

use std::collections::BTreeMap;

use super::minimal::{Minimal, minimise};

/// Tries a set of changes: whether it works with them.
pub(super) trait Trial {
    type Change: Clone + Ord;
    type Error;

    /// Whether these changes go together at all; those that do not are not tried.
    fn is_possible(&self, changes: &[Self::Change]) -> bool;

    /// Makes an attempt; `why` says what it is for.
    fn works(&mut self, changes: &[Self::Change], why: Why) -> Result<bool, Self::Error>;
}

/// What an attempt is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Why {
    /// Whether it fails as it is.
    Baseline,
    /// Whether a change helps.
    Target,
    /// Whether a part of it does.
    Part,
    /// Back and forth once more.
    Proof,
}

/// How a search ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Found<C> {
    /// It does not fail.
    NothingFails,
    /// Nothing that was tried helps; `false` where the attempts ran out before everything was tried.
    NothingHelps { all_tried: bool },
    /// These changes make it work, seen back and forth.
    Changes(Minimal<C>),
    /// The proof did not go as the search did.
    NotEachTime { changes: Vec<C>, without_it_worked: bool },
    /// These helped once, and there was no attempt left to prove it.
    Unproven(Vec<C>),
}

/// The proof's attempts: without, with, without.
const PROOF: usize = 3;

/// Searches among these sets of changes, in this order, with at most so many attempts.
pub(super) fn search<T: Trial>(
    trial: &mut T,
    targets: impl FnOnce(&mut T) -> Vec<Vec<T::Change>>,
    most: usize,
) -> Result<Found<T::Change>, T::Error> {
    if trial.works(&[], Why::Baseline)? {
        return Ok(Found::NothingFails);
    }
    let targets = targets(trial);
    let mut attempts = Attempts { trial, known: BTreeMap::new(), left: most.saturating_sub(1) };
    let mut helps = None;
    for target in targets {
        match attempts.works(&target, Why::Target, 0)? {
            None => return Ok(Found::NothingHelps { all_tried: false }),
            Some(true) => {
                helps = Some(target);
                break;
            }
            Some(false) => {}
        }
    }
    let Some(target) = helps else { return Ok(Found::NothingHelps { all_tried: true }) };
    let mut minimal = minimise(&target, |part| attempts.works(part, Why::Part, PROOF))?;
    minimal.changes.sort();
    attempts.prove(minimal)
}

struct Attempts<'a, T: Trial> {
    trial: &'a mut T,
    known: BTreeMap<Vec<T::Change>, bool>,
    left: usize,
}

impl<T: Trial> Attempts<'_, T> {
    /// Tries them, unless that is known; `None` where no more than `kept` attempts are left.
    fn works(&mut self, changes: &[T::Change], why: Why, kept: usize) -> Result<Option<bool>, T::Error> {
        let mut key = changes.to_vec();
        key.sort();
        if key.is_empty() || !self.trial.is_possible(&key) {
            return Ok(Some(false));
        }
        if let Some(known) = self.known.get(&key) {
            return Ok(Some(*known));
        }
        if self.left <= kept {
            return Ok(None);
        }
        self.left -= 1;
        let works = self.trial.works(&key, why)?;
        self.known.insert(key, works);
        Ok(Some(works))
    }

    fn prove(&mut self, minimal: Minimal<T::Change>) -> Result<Found<T::Change>, T::Error> {
        if self.left < PROOF {
            return Ok(Found::Unproven(minimal.changes));
        }
        for with in [false, true, false] {
            let changes = if with { &minimal.changes[..] } else { &[] };
            if self.trial.works(changes, Why::Proof)? != with {
                return Ok(Found::NotEachTime { changes: minimal.changes, without_it_worked: !with });
            }
        }
        Ok(Found::Changes(minimal))
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use super::*;

    /// Needs all of these; in the attempt with the number `odd`, the answer is the other one.
    struct Client {
        needs: &'static [u8],
        attempts: usize,
        odd: Option<usize>,
    }

    impl Trial for Client {
        type Change = u8;
        type Error = Infallible;

        fn is_possible(&self, changes: &[u8]) -> bool {
            !changes.contains(&0)
        }

        fn works(&mut self, changes: &[u8], _: Why) -> Result<bool, Infallible> {
            self.attempts += 1;
            let works = self.needs.iter().all(|need| changes.contains(need));
            Ok(works != (self.odd == Some(self.attempts)))
        }
    }

    fn searched(client: &mut Client, most: usize) -> Found<u8> {
        let targets = vec![vec![0, 1], vec![1, 2], vec![3, 4, 5, 6, 7], (1..20).collect()];
        search(client, |_| targets, most).expect("nothing goes wrong")
    }

    fn client(needs: &'static [u8]) -> Client {
        Client { needs, attempts: 0, odd: None }
    }

    #[test]
    fn the_smallest_change_is_found_and_proven() {
        for needs in [&[5][..], &[4, 6], &[1], &[2, 9, 17]] {
            let found = searched(&mut client(needs), 100);
            assert_eq!(found, Found::Changes(Minimal { changes: needs.to_vec(), is_proven: true }));
        }
    }

    #[test]
    fn what_does_not_fail_is_not_searched() {
        let mut healthy = client(&[]);
        assert_eq!(searched(&mut healthy, 100), Found::NothingFails);
        assert_eq!(healthy.attempts, 1);
    }

    #[test]
    fn what_nothing_helps_is_said_with_whether_all_was_tried() {
        assert_eq!(searched(&mut client(&[99]), 100), Found::NothingHelps { all_tried: true });
        assert_eq!(searched(&mut client(&[99]), 3), Found::NothingHelps { all_tried: false });
    }

    #[test]
    fn a_client_that_changes_its_mind_gets_no_verdict() {
        let mut steady = client(&[5]);
        searched(&mut steady, 100);
        for (odd, without) in [(2, true), (1, false), (0, true)] {
            let mut flaky = Client { odd: Some(steady.attempts - odd), ..client(&[5]) };
            let found = searched(&mut flaky, 100);
            assert_eq!(found, Found::NotEachTime { changes: vec![5], without_it_worked: without }, "{odd}");
        }
    }

    #[test]
    fn attempts_are_bounded_and_the_proof_has_its_share() {
        for most in 1..40 {
            let mut one = client(&[4, 6]);
            let found = searched(&mut one, most);
            assert!(one.attempts <= most, "{most}");
            match found {
                Found::Changes(minimal) => {
                    assert!(minimal.changes.contains(&4) && minimal.changes.contains(&6))
                }
                Found::Unproven(_) | Found::NothingHelps { all_tried: false } => assert!(most < 20),
                other => panic!("{most}: {other:?}"),
            }
        }
    }
}
