//! Delta debugging (ddmin, Zeller and Hildebrandt 2002): the smallest part of a set of changes that still does what the whole set does.

/// What was found, and whether it is known that nothing can be left out of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Minimal<T> {
    pub(super) changes: Vec<T>,
    /// Without any one of these it does not work; `false` where the attempts ran out.
    pub(super) is_proven: bool,
}

/// Of a set that works, a part that works and of which nothing can be left out. `works` tries a part; `None` where it cannot try any
/// more. `all` is taken to work, and the empty set not to.
pub(super) fn minimise<T: Clone, E>(
    all: &[T],
    mut works: impl FnMut(&[T]) -> Result<Option<bool>, E>,
) -> Result<Minimal<T>, E> {
    let mut current = all.to_vec();
    let mut parts = 2;
    while current.len() > 1 {
        let chunks = chunks(&current, parts);
        let complements = (0..chunks.len()).map(|out| {
            let others = chunks.iter().enumerate().filter(|(at, _)| *at != out);
            others.flat_map(|(_, chunk)| chunk.iter().cloned()).collect::<Vec<T>>()
        });
        // Of two halves each is the other's complement.
        let complements = complements.filter(|_| chunks.len() > 2);
        let mut smaller = None;
        for (part, is_chunk) in
            chunks.iter().map(|chunk| (chunk.clone(), true)).chain(complements.map(|part| (part, false)))
        {
            match works(&part)? {
                None => return Ok(Minimal { changes: current, is_proven: false }),
                Some(true) => {
                    smaller = Some((part, is_chunk));
                    break;
                }
                Some(false) => {}
            }
        }
        match smaller {
            Some((part, true)) => (current, parts) = (part, 2),
            Some((part, false)) => {
                parts = (parts - 1).max(2);
                current = part;
            }
            None if parts >= current.len() => break,
            None => parts = (2 * parts).min(current.len()),
        }
    }
    Ok(Minimal { changes: current, is_proven: true })
}

/// So many parts, of nearly equal size, none empty.
fn chunks<T: Clone>(all: &[T], parts: usize) -> Vec<Vec<T>> {
    let parts = parts.min(all.len());
    (0..parts).map(|at| all[at * all.len() / parts..(at + 1) * all.len() / parts].to_vec()).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::convert::Infallible;

    use proptest::prelude::*;

    use super::*;

    fn find(count: usize, needed: &BTreeSet<usize>, most: usize) -> (Minimal<usize>, usize) {
        let all: Vec<usize> = (0..count).collect();
        let mut attempts = 0;
        let found = minimise(&all, |part| {
            if attempts == most {
                return Ok::<_, Infallible>(None);
            }
            attempts += 1;
            Ok(Some(needed.iter().all(|one| part.contains(one))))
        });
        (found.expect("nothing goes wrong"), attempts)
    }

    proptest! {
        #[test]
        fn what_is_needed_is_found_and_nothing_else(count in 1_usize..40, picked in prop::collection::btree_set(0_usize..40, 1..6)) {
            let needed: BTreeSet<usize> = picked.into_iter().map(|one| one % count).collect();
            let (found, attempts) = find(count, &needed, usize::MAX);
            prop_assert!(found.is_proven);
            prop_assert_eq!(found.changes.into_iter().collect::<BTreeSet<_>>(), needed);
            // ddmin's bound is quadratic.
            prop_assert!(attempts <= count * count + 3 * count, "{attempts}");
        }

        #[test]
        fn when_attempts_run_out_the_smallest_that_worked_is_kept(count in 2_usize..40, most in 0_usize..10, one in 0_usize..40) {
            let needed = BTreeSet::from([one % count]);
            let (found, attempts) = find(count, &needed, most);
            prop_assert!(attempts <= most);
            prop_assert!(found.changes.contains(&(one % count)));
            prop_assert!(found.is_proven || attempts == most);
        }

        #[test]
        fn a_part_that_works_is_given_whatever_the_others_do(count in 2_usize..12, seed in any::<u64>()) {
            // No order between parts: any may work or not.
            let works = |part: &[usize]| part.len() == count || part.iter().fold(seed, |all, one| all.rotate_left(7) ^ (*one as u64 + 3).wrapping_mul(0x9e37_79b9_7f4a_7c15)) % 3 == 0;
            let all: Vec<usize> = (0..count).collect();
            let found = minimise(&all, |part| Ok::<_, Infallible>(Some(works(part)))).expect("nothing goes wrong");
            prop_assert!(works(&found.changes));
            if found.changes.len() > 1 {
                for out in 0..found.changes.len() {
                    let mut part = found.changes.clone();
                    part.remove(out);
                    prop_assert!(!works(&part), "{part:?} of {:?}", found.changes);
                }
            }
        }
    }

    #[test]
    fn one_of_many_takes_few_attempts() {
        let (found, attempts) = find(64, &BTreeSet::from([37]), usize::MAX);
        assert_eq!(found.changes, [37]);
        assert!(attempts <= 12, "{attempts}");
    }
}
