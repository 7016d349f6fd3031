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
    fn attempt(&mut self, changes: &[Self::Change], why: Why) -> Result<Answer, Self::Error>;
}

/// What an attempt says about the changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Answer {
    Works,
    Fails,
    /// Nobody connected, which says nothing about them.
    Nobody,
}

impl Answer {
    pub(super) fn of(works: bool) -> Self {
        if works { Answer::Works } else { Answer::Fails }
    }
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
    /// It failed so often as it is, and then worked.
    FailsAtTimes { failed: usize },
    /// Nothing that was tried helps; `false` where the attempts ran out before everything was tried.
    NothingHelps { all_tried: bool },
    /// These changes make it work, seen back and forth: so often it worked with them, and as often it failed without.
    Changes { minimal: Minimal<C>, each: usize },
    /// The proof did not go as the search did.
    NotEachTime { changes: Vec<C>, without_it_worked: bool },
    /// These helped once, and there were not enough attempts left to prove it.
    Unproven(Vec<C>),
    /// So often in a row nobody connected.
    NeverConnected { times: usize },
}

/// How much is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Measure {
    /// At most so many attempts, with all that follows.
    pub(super) most: usize,
    /// So often it has to fail as it is, in a row, before anything is varied.
    pub(super) baseline: usize,
    /// So often, after the search, it has to fail without the changes, and to work with them.
    pub(super) proof: usize,
}

impl Measure {
    /// One that fails at random half of the time passes in one of 1,000 proofs.
    pub(super) const fn of_program(most: usize) -> Self {
        Measure { most, baseline: 3, proof: ENOUGH }
    }

    /// Somebody has to do something for each attempt.
    pub(super) const fn of_person(most: usize) -> Self {
        Measure { most, baseline: 2, proof: 2 }
    }
}

/// What is called proven.
pub(super) const ENOUGH: usize = 5;

/// A first attempt to which nobody comes is made once more, a later one twice more.
const FIRST_AGAIN: usize = 1;
const AGAIN: usize = 2;

/// Searches among these sets of changes, in this order.
pub(super) fn search<T: Trial>(
    trial: &mut T,
    targets: impl FnOnce(&mut T) -> Vec<Vec<T::Change>>,
    measure: Measure,
) -> Result<Found<T::Change>, T::Error> {
    let attempts = Attempts { trial, known: BTreeMap::new(), left: measure.most };
    match attempts.search(targets, measure) {
        Ok(found) => Ok(found),
        Err(Stop::NeverConnected { times }) => Ok(Found::NeverConnected { times }),
        Err(Stop::Trouble(error)) => Err(error),
    }
}

/// What ends a search before it has found anything.
enum Stop<E> {
    NeverConnected { times: usize },
    Trouble(E),
}

struct Attempts<'a, T: Trial> {
    trial: &'a mut T,
    known: BTreeMap<Vec<T::Change>, bool>,
    left: usize,
}

impl<T: Trial> Attempts<'_, T> {
    fn search(
        mut self,
        targets: impl FnOnce(&mut T) -> Vec<Vec<T::Change>>,
        measure: Measure,
    ) -> Result<Found<T::Change>, Stop<T::Error>> {
        for failed in 0..measure.baseline {
            let again = if failed == 0 { FIRST_AGAIN } else { AGAIN };
            match (self.left, failed) {
                (0, _) => return Ok(Found::NothingHelps { all_tried: false }),
                (_, 0) if self.make(&[], Why::Baseline, again)? => return Ok(Found::NothingFails),
                (_, 0) => {}
                _ if self.make(&[], Why::Baseline, again)? => return Ok(Found::FailsAtTimes { failed }),
                _ => {}
            }
        }
        let mut helps = None;
        for target in targets(self.trial) {
            match self.works(&target, Why::Target, 0)? {
                None => return Ok(Found::NothingHelps { all_tried: false }),
                Some(true) => {
                    helps = Some(target);
                    break;
                }
                Some(false) => {}
            }
        }
        let Some(target) = helps else { return Ok(Found::NothingHelps { all_tried: true }) };
        let mut minimal = minimise(&target, |part| self.works(part, Why::Part, 2 * measure.proof))?;
        minimal.changes.sort();
        self.prove(minimal, measure.proof)
    }

    /// Makes an attempt, and so many more where nobody comes.
    fn make(&mut self, changes: &[T::Change], why: Why, again: usize) -> Result<bool, Stop<T::Error>> {
        let mut times = 0;
        while times <= again && self.left > 0 {
            self.left -= 1;
            times += 1;
            match self.trial.attempt(changes, why).map_err(Stop::Trouble)? {
                Answer::Works => return Ok(true),
                Answer::Fails => return Ok(false),
                Answer::Nobody => {}
            }
        }
        Err(Stop::NeverConnected { times })
    }

    /// Tries them, unless that is known; `None` where no more than `kept` attempts are left.
    fn works(
        &mut self,
        changes: &[T::Change],
        why: Why,
        kept: usize,
    ) -> Result<Option<bool>, Stop<T::Error>> {
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
        let works = self.make(&key, why, AGAIN)?;
        self.known.insert(key, works);
        Ok(Some(works))
    }

    /// Without and with, by turns. What the search saw does not count: it went on because of it.
    fn prove(mut self, minimal: Minimal<T::Change>, each: usize) -> Result<Found<T::Change>, Stop<T::Error>> {
        if self.left < 2 * each {
            return Ok(Found::Unproven(minimal.changes));
        }
        for with in [false, true].repeat(each) {
            if self.left == 0 {
                return Ok(Found::Unproven(minimal.changes));
            }
            let changes = if with { &minimal.changes[..] } else { &[] };
            if self.make(changes, Why::Proof, AGAIN)? != with {
                return Ok(Found::NotEachTime { changes: minimal.changes, without_it_worked: !with });
            }
        }
        Ok(Found::Changes { minimal, each })
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use super::*;

    /// Needs all of these; in the attempt with the number `odd`, the answer is the other one, and to those of `absent` it does not come.
    struct Client {
        needs: &'static [u8],
        attempts: usize,
        odd: Option<usize>,
        absent: std::ops::Range<usize>,
    }

    impl Trial for Client {
        type Change = u8;
        type Error = Infallible;

        fn is_possible(&self, changes: &[u8]) -> bool {
            !changes.contains(&0)
        }

        fn attempt(&mut self, changes: &[u8], _: Why) -> Result<Answer, Infallible> {
            self.attempts += 1;
            if self.absent.contains(&self.attempts) {
                return Ok(Answer::Nobody);
            }
            let works = self.needs.iter().all(|need| changes.contains(need));
            Ok(Answer::of(works != (self.odd == Some(self.attempts))))
        }
    }

    fn searched(client: &mut Client, most: usize) -> Found<u8> {
        let targets = vec![vec![0, 1], vec![1, 2], vec![3, 4, 5, 6, 7], (1..20).collect()];
        search(client, |_| targets, Measure::of_program(most)).expect("nothing goes wrong")
    }

    fn client(needs: &'static [u8]) -> Client {
        Client { needs, attempts: 0, odd: None, absent: 0..0 }
    }

    fn found_and_proven(needs: &[u8]) -> Found<u8> {
        Found::Changes { minimal: Minimal { changes: needs.to_vec(), is_proven: true }, each: 5 }
    }

    #[test]
    fn the_smallest_change_is_found_and_proven() {
        for needs in [&[5][..], &[4, 6], &[1], &[2, 9, 17]] {
            let found = searched(&mut client(needs), 100);
            assert_eq!(found, found_and_proven(needs));
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
        for (odd, without) in [(9, true), (8, false), (1, true), (0, false)] {
            let mut flaky = Client { odd: Some(steady.attempts - odd), ..client(&[5]) };
            let found = searched(&mut flaky, 100);
            assert_eq!(found, Found::NotEachTime { changes: vec![5], without_it_worked: without }, "{odd}");
        }
    }

    #[test]
    fn attempts_are_bounded_and_the_proof_has_its_share() {
        for most in 1..50 {
            let mut one = client(&[4, 6]);
            let found = searched(&mut one, most);
            assert!(one.attempts <= most, "{most}");
            match found {
                Found::Changes { minimal, .. } => {
                    assert!(minimal.changes.contains(&4) && minimal.changes.contains(&6))
                }
                Found::Unproven(_) | Found::NothingHelps { all_tried: false } => assert!(most < 30),
                other => panic!("{most}: {other:?}"),
            }
        }
    }

    #[test]
    fn what_fails_at_times_is_not_searched() {
        for failed in 1..3 {
            let mut flaky = Client { odd: Some(failed + 1), ..client(&[5]) };
            assert_eq!(searched(&mut flaky, 100), Found::FailsAtTimes { failed });
            assert_eq!(flaky.attempts, failed + 1);
        }
    }

    #[test]
    fn an_attempt_to_which_nobody_comes_says_nothing() {
        let mut never = Client { absent: 1..1000, ..client(&[]) };
        assert_eq!(searched(&mut never, 100), Found::NeverConnected { times: 2 });
        assert_eq!(never.attempts, 2);
        let mut steady = client(&[5]);
        searched(&mut steady, 100);
        for first in 1..=steady.attempts {
            let gaps = if first == 1 { 1 } else { 2 };
            let mut late = Client { absent: first..first + gaps, ..client(&[5]) };
            assert_eq!(searched(&mut late, 100), found_and_proven(&[5]), "{first}");
            assert_eq!(late.attempts, steady.attempts + gaps);
            let mut gone = Client { absent: first..1000, ..client(&[5]) };
            assert_eq!(searched(&mut gone, 100), Found::NeverConnected { times: gaps + 1 });
        }
    }

    /// A coin for a client: each attempt works or fails whatever is offered.
    struct Coin(u64);

    impl Trial for Coin {
        type Change = u8;
        type Error = Infallible;

        fn is_possible(&self, _: &[u8]) -> bool {
            true
        }

        fn attempt(&mut self, _: &[u8], _: Why) -> Result<Answer, Infallible> {
            // SplitMix64.
            self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut bits = self.0;
            bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            Ok(Answer::of((bits ^ (bits >> 31)) & 1 == 1))
        }
    }

    #[test]
    fn a_coin_is_hardly_ever_proven() {
        let targets = || vec![vec![0, 1], vec![1, 2], vec![3, 4, 5, 6, 7], (1..20).collect()];
        let proven = (0..4000_u64).filter(|seed| {
            let mut coin = Coin(seed.wrapping_mul(0x1234_5678_9abc_def1));
            let found = search(&mut coin, |_| targets(), Measure::of_program(150));
            matches!(found, Ok(Found::Changes { .. }))
        });
        assert!(proven.count() < 8);
    }
}
