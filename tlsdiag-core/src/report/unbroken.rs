//! What is never broken at the end of a line: a date, a name, a code. Whoever copies or searches one wants it whole.
//!
//! Lines are broken at blanks alone. [`bind`] puts a blank that is none into what belongs together, and [`release`] gives it back.

/// Stands for a blank that is no place to break: a noncharacter, which nothing that is shown can hold (it would have been escaped).
const BOUND: char = '\u{fdd0}';

/// A name that is longer than this would leave a hole in the page wherever it stands, so it is broken.
const LONGEST: usize = 60;

/// Binds what belongs together.
pub(super) fn bind(text: &str) -> String {
    let words: Vec<&str> = text.split(' ').collect();
    let mut bound = String::with_capacity(text.len());
    let mut at = 0;
    while at < words.len() {
        let end = at + together(&words[at..]).max(1);
        let glue = if words[at..end].iter().map(|word| word.chars().count() + 1).sum::<usize>() <= LONGEST {
            BOUND
        } else {
            ' '
        };
        for (place, word) in words[at..end].iter().enumerate() {
            if place > 0 {
                bound.push(glue);
            }
            bound.push_str(word);
        }
        if end < words.len() {
            bound.push(' ');
        }
        at = end;
    }
    bound
}

/// The same with blanks again.
pub(super) fn release(line: &str) -> String {
    line.replace(BOUND, " ")
}

/// How many words from here on belong together.
fn together(words: &[&str]) -> usize {
    date(words).or_else(|| name(words)).or_else(|| quotation(words)).or_else(|| code(words)).unwrap_or(1)
}

/// `2026-11-30 09:37:33 UTC`, `Nov 30 09:37:33 2026 GMT`, `30 Nov 2026`, and the beginnings of them.
fn date(words: &[&str]) -> Option<usize> {
    let month = |word: &str| {
        const MONTHS: [&str; 12] =
            ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
        MONTHS.contains(&word)
    };
    let bare = |word: &str| word.trim_matches(|c: char| !c.is_alphanumeric()).to_owned();
    let number = |word: &str| {
        let bare = bare(word);
        !bare.is_empty() && bare.chars().all(|c| c.is_ascii_digit())
    };
    let clock = |word: &str| {
        let word = bare(word);
        word.contains(':') && word.chars().all(|c| c.is_ascii_digit() || matches!(c, ':' | '.' | 'Z' | '+'))
    };
    let day = |word: &str| {
        let bare = bare(word);
        bare.len() == 10
            && bare
                .chars()
                .enumerate()
                .all(|(at, c)| if matches!(at, 4 | 7) { c == '-' } else { c.is_ascii_digit() })
    };
    let zone = |word: &str| matches!(bare(word).as_str(), "UTC" | "GMT" | "Z");
    let (first, second) = (*words.first()?, *words.get(1)?);
    let begins = (day(first) && clock(second))
        || (month(&bare(first)) && number(second))
        || (number(first) && month(&bare(second)));
    if !begins {
        return None;
    }
    let more = words.iter().skip(2).take_while(|word| number(word) || clock(word) || zone(word)).count();
    // What ends a clause ends the date.
    let ends = |word: &str| word.ends_with([',', '.', ';', ')']);
    let end = words.iter().take(2 + more).position(|word| ends(word)).map_or(2 + more, |at| at + 1);
    Some(end.max(2).min(words.len()))
}

/// A distinguished name: `CN=Ada Lovelace, O=Tern Works`, as far as commas and blanks go.
fn name(words: &[&str]) -> Option<usize> {
    let attribute = |word: &str| {
        let word = word.trim_start_matches(['"', '(']);
        word.split_once('=').is_some_and(|(kind, _)| {
            !kind.is_empty()
                && kind.len() <= 20
                && kind.chars().all(|c| c.is_ascii_alphanumeric() || c == '.')
                && kind.starts_with(|c: char| c.is_ascii_uppercase() || c.is_ascii_digit())
        })
    };
    if !attribute(words.first()?) {
        return None;
    }
    let quoted = words[0].starts_with(['"', '(']);
    let mut end = 1;
    while end < words.len() {
        let before = words[end - 1];
        let closed = if quoted {
            before.ends_with(['"', ')', ',', ':', '.']) && before.contains(['"', ')'])
        } else {
            false
        };
        if closed || before.ends_with([';', ':', '.', ')']) || words[end] == "|" {
            break;
        }
        // After a comma another attribute goes on with the name; other words end it.
        if before.ends_with(',') && !attribute(words[end]) {
            break;
        }
        end += 1;
    }
    Some(end)
}

/// A short quotation: `"no shared cipher"`.
fn quotation(words: &[&str]) -> Option<usize> {
    let first = words.first()?.trim_start_matches('(');
    let opened = first.starts_with('"') && first[1..].find('"').is_none();
    if !opened {
        return None;
    }
    words.iter().skip(1).take(5).position(|word| word.contains('"')).map(|at| at + 2)
}

/// A word and the number that belongs to it: `RFC 5746`, `TLS 1.3`, `errno 104`, `section 4.2.3`.
fn code(words: &[&str]) -> Option<usize> {
    const KINDS: [&str; 12] = [
        "RFC",
        "TLS",
        "SSL",
        "DTLS",
        "OpenSSL",
        "errno",
        "section",
        "appendix",
        "level",
        "X509_V_ERR",
        "depth",
        "port",
    ];
    let kind = words.first()?.trim_start_matches(['(', '"']);
    let number = words.get(1)?.starts_with(|c: char| c.is_ascii_digit());
    if !KINDS.contains(&kind) || !number {
        return None;
    }
    // A version of OpenSSL has a date of its own.
    Some(2 + words.get(2..).and_then(date).filter(|_| kind == "OpenSSL").unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(text: &str) -> Vec<String> {
        bind(text).split(' ').map(release).collect()
    }

    #[test]
    fn dates_names_and_codes_stay_whole() {
        assert_eq!(pieces("ended 2026-11-30 09:37:33 UTC, so"), ["ended", "2026-11-30 09:37:33 UTC,", "so"]);
        assert_eq!(pieces("on Nov 30 09:37:33 2026 GMT then"), ["on", "Nov 30 09:37:33 2026 GMT", "then"]);
        assert_eq!(pieces("OpenSSL 3.0.22 25 Aug 2026"), ["OpenSSL 3.0.22 25 Aug 2026"]);
        assert_eq!(
            pieces("of CN=Ada Lovelace, O=Tern Works, which"),
            ["of", "CN=Ada Lovelace, O=Tern Works,", "which"]
        );
        assert_eq!(pieces("sent: CN=Joe Doe,O=a b | CN=x y"), ["sent:", "CN=Joe Doe,O=a b", "|", "CN=x y"]);
        assert_eq!(
            pieces("the \"CN=Ada Lovelace,O=a b\" is old"),
            ["the", "\"CN=Ada Lovelace,O=a b\"", "is", "old"]
        );
        assert_eq!(
            pieces("\"no shared cipher\" of (RFC 5746, section 3)"),
            ["\"no shared cipher\"", "of", "(RFC 5746,", "section 3)"]
        );
        assert_eq!(pieces("MinProtocol = TLSv1 is"), ["MinProtocol", "=", "TLSv1", "is"]);
    }

    #[test]
    fn nothing_is_lost_or_added() {
        for text in ["", " ", "a  b", "CN=x", "\"", "CN=Ada \"x\" 2026-11-30 09:00", "30 Nov"] {
            assert_eq!(release(&bind(text)), text);
        }
        let long = format!("CN={}", "Very Long ".repeat(20));
        assert!(!bind(&long).contains(BOUND), "one that fills more than a line is broken");
    }
}
