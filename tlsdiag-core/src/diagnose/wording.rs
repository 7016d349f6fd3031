//! Words and confidence say the same: what is `possible` "may" be, what is `likely` is so "probably", and what is `certain` is so.
//!
//! Each rule words its own sentence. This is the net below them: no sentence comes to a reader that says more, or less, than the
//! finding's confidence.

use super::{Confidence, Finding, Severity};

/// A clause as sure as its confidence, to stand behind a colon.
pub(super) fn perhaps(confidence: Confidence, clause: &str) -> String {
    match confidence {
        Confidence::Possible => format!("it may be that {clause}"),
        Confidence::Likely => format!("probably {clause}"),
        Confidence::Certain => clause.to_owned(),
    }
}

/// A sentence as it stands within another one: its first word is in lower case, unless that is a name.
pub(super) fn within(sentence: &str) -> String {
    const COMMON: &[&str] =
        &["The", "This", "A", "An", "No", "None", "Nothing", "Something", "Both", "What", "Its", "It", "Of"];
    let first = sentence.split(' ').next().unwrap_or_default();
    match COMMON.contains(&first) {
        true => format!("{}{}", first.to_lowercase(), &sentence[first.len()..]),
        false => sentence.to_owned(),
    }
}

/// Whether a sentence says what its confidence says. What stands in quotation marks or brackets is somebody else's words; what "may not"
/// be done is forbidden, and no guess.
#[must_use]
pub fn agrees(confidence: Confidence, sentence: &str) -> bool {
    let own = without_quotations(sentence);
    let words: Vec<String> = own
        .split(|letter: char| !letter.is_alphabetic())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect();
    let probably = words.iter().any(|word| word == "probably");
    let may = words
        .iter()
        .enumerate()
        .any(|(at, word)| word == "may" && words.get(at + 1).is_none_or(|next| next != "not"));
    match confidence {
        Confidence::Possible => may && !probably,
        Confidence::Likely => probably && !may,
        Confidence::Certain => !probably && !may,
    }
}

/// The sentence with blanks in the place of what is quoted, or in brackets: each letter stays where it was.
fn without_quotations(sentence: &str) -> String {
    let mut depth = 0_usize;
    let mut quoted = false;
    let blank = |letter: char| " ".repeat(letter.len_utf8());
    let mut own = String::with_capacity(sentence.len());
    for letter in sentence.chars() {
        match letter {
            '"' => quoted = !quoted,
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ if !quoted && depth == 0 => {
                own.push(letter);
                continue;
            }
            _ => {}
        }
        own.push_str(&blank(letter));
    }
    own
}

/// The finding with a sentence that agrees with its confidence. What stands before a colon is seen, what stands behind it supposed.
pub(super) fn in_accord(mut finding: Finding) -> Finding {
    // A note is about what happened, and no guess.
    if finding.severity == Severity::Note || agrees(finding.confidence, &finding.summary) {
        return finding;
    }
    let bare = ["it may be that ", "most probably ", "probably "]
        .into_iter()
        .fold(finding.summary, |sentence, word| sentence.replace(word, ""));
    let colon = without_quotations(&bare).find(": ").map(|at| at + 2);
    finding.summary = match (finding.confidence, colon) {
        (Confidence::Certain, _) => bare,
        (confidence, Some(at)) => format!("{}{}", &bare[..at], perhaps(confidence, &bare[at..])),
        (Confidence::Likely, None) => format!("Probably {}", within(&bare)),
        (Confidence::Possible, None) => format!("It may be that {}", within(&bare)),
    };
    finding
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnose::{Cause, Side};

    #[test]
    fn each_confidence_has_its_word() {
        assert!(agrees(Confidence::Certain, "The client offers \"may\" (probably)."));
        assert!(!agrees(Confidence::Certain, "The client may offer it."));
        assert!(agrees(Confidence::Certain, "The certificate may not be used by a server."));
        assert!(agrees(Confidence::Likely, "Its key is probably another."));
        assert!(!agrees(Confidence::Likely, "Its key is another."));
        assert!(agrees(Confidence::Possible, "Its key may be another."));
        assert!(!agrees(Confidence::Possible, "Most probably its key may be another."));
    }

    #[test]
    fn a_sentence_that_says_too_much_is_toned_down() {
        let seen = "It hung up after \"a: b\": the certificate has expired.";
        let likely = in_accord(Finding::new(Cause::SniMissing, Confidence::Likely, Side::Client, seen));
        assert_eq!(likely.summary, "It hung up after \"a: b\": probably the certificate has expired.");
        for confidence in [Confidence::Possible, Confidence::Likely, Confidence::Certain] {
            let finding =
                Finding::new(Cause::SniMissing, confidence, Side::Client, "It is most probably the name.");
            assert!(agrees(confidence, &in_accord(finding).summary));
        }
        let glued = |confidence, sentence: &str| {
            in_accord(Finding::new(Cause::SniMissing, confidence, Side::Client, sentence)).summary
        };
        assert_eq!(glued(Confidence::Likely, "The name is another."), "Probably the name is another.");
        assert_eq!(glued(Confidence::Possible, "OpenSSL gave up."), "It may be that OpenSSL gave up.");
    }
}
