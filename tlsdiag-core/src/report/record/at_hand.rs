//! The line for the program at hand: of all advice, that for the program that recorded stands first, and for its client where the
//! ClientHello tells who that is.

use super::{Advice, FindingRecord, Process, Record};
use crate::diagnose::Stack;
use crate::event::Role;
use crate::handshake::Handshake;

/// The client's program, at a server and as far as its hello tells.
pub(super) fn client(handshake: &Handshake) -> Option<String> {
    let offer = handshake.offer.as_ref().filter(|_| handshake.role == Role::Server)?;
    Stack::of_hello(&offer.value).map(|stack| stack.as_str().to_owned())
}

/// Who is at the two ends.
struct AtHand {
    /// What this side's program takes advice as; nothing where it is not known.
    own: Vec<&'static str>,
    /// `None` before any handshake: the program may be going to be either.
    role: Option<String>,
    client: Option<String>,
}

impl AtHand {
    fn is_own_side(&self, advice: &Advice) -> bool {
        let either = (advice.side.as_ref()).zip(self.role.as_ref());
        either.is_none_or(|(side, role)| side == role)
    }

    fn is_own(&self, advice: &Advice) -> bool {
        self.is_own_side(advice) && self.own.contains(&advice.stack.as_str())
    }

    fn is_clients(&self, advice: &Advice) -> bool {
        let is = |name: &str| self.client.as_deref() == Some(name);
        let by_file = is("openssl") && advice.stack == "openssl.cnf" && advice.side.is_some();
        (is(&advice.stack) || by_file) && advice.side.as_deref().is_none_or(|side| side == "client")
    }

    /// Marks what is for the programs at hand, and puts it first behind its sentence.
    fn arrange(&self, advice: &mut [Advice]) {
        let mut rest = advice;
        while !rest.is_empty() {
            let sentence = |one: &Advice| one.stack == "any";
            let begin = rest.iter().position(|one| !sentence(one)).unwrap_or(rest.len());
            let length = rest[begin..].iter().position(sentence).unwrap_or(rest.len() - begin);
            let (group, others) = rest[begin..].split_at_mut(length);
            self.arrange_group(group);
            rest = others;
        }
    }

    fn arrange_all(&self, findings: &mut [FindingRecord]) {
        findings.iter_mut().for_each(|finding| self.arrange(&mut finding.advice));
    }

    fn arrange_group(&self, group: &mut [Advice]) {
        let own = group.iter().any(|one| self.is_own(one));
        for one in &mut *group {
            // Whoever recorded uses OpenSSL, which reads its file for programs that have no word of their own.
            let of_programs = one.stack == "openssl.cnf" && one.place.is_some();
            let by_file = !own && !self.own.is_empty() && of_programs && self.is_own_side(one);
            one.at_hand = self.is_own(one) || self.is_clients(one) || by_file;
        }
        group.sort_by_key(|one| !one.at_hand);
    }
}

impl Record {
    /// Marks the advice for the programs at hand, and puts it first.
    pub(in crate::report) fn arrange_advice(&mut self) {
        let at_hand = AtHand {
            own: stacks(self.process.as_ref()),
            role: Some(self.role.clone()),
            client: self.client_program.clone(),
        };
        at_hand.arrange_all(&mut self.diagnosis.findings);
    }
}

/// What a process takes advice as.
fn stacks(process: Option<&Process>) -> Vec<&'static str> {
    let own = process.and_then(|process| process.name.as_deref()).map_or(&[][..], Stack::of_program);
    own.iter().map(|stack| stack.as_str()).collect()
}

/// The same before any handshake.
pub(in crate::report) fn arrange_setup(findings: &mut [FindingRecord], process: &Process) {
    AtHand { own: stacks(Some(process)), role: None, client: None }.arrange_all(findings);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(stack: &str, side: Option<&str>) -> Advice {
        let place = (stack != "any").then(|| "somewhere".to_owned());
        Advice { stack: stack.to_owned(), side: side.map(str::to_owned), place, ..Advice::default() }
    }

    fn arranged(own: &'static str, client: Option<&str>, mut advice: Vec<Advice>) -> Vec<(String, bool)> {
        let role = Some("server".to_owned());
        let at_hand = AtHand { own: vec![own], role, client: client.map(str::to_owned) };
        at_hand.arrange(&mut advice);
        advice.into_iter().map(|one| (one.stack, one.at_hand)).collect()
    }

    fn told(names: &[(&str, bool)]) -> Vec<(String, bool)> {
        names.iter().map(|(stack, at_hand)| ((*stack).to_owned(), *at_hand)).collect()
    }

    #[test]
    fn the_line_for_who_recorded_comes_first_behind_its_sentence() {
        let advice = vec![
            line("any", None),
            line("nginx", Some("server")),
            line("haproxy", Some("client")),
            line("haproxy", Some("server")),
            line("openssl.cnf", None),
            line("any", None),
            line("nginx", None),
        ];
        let expected = [
            ("any", false),
            ("haproxy", true),
            ("nginx", false),
            ("haproxy", false),
            ("openssl.cnf", false),
            ("any", false),
            ("nginx", false),
        ];
        assert_eq!(arranged("haproxy", None, advice), told(&expected));
    }

    #[test]
    fn a_program_without_a_word_of_its_own_has_openssls_file() {
        let advice = || vec![line("any", None), line("nginx", Some("server")), line("openssl.cnf", None)];
        let expected = [("any", false), ("openssl.cnf", true), ("nginx", false)];
        assert_eq!(arranged("postgresql", None, advice()), told(&expected));
        // What is to stand in a certificate goes into no program's file.
        let mut of_a_certificate = advice();
        of_a_certificate[2].place = None;
        assert!(arranged("postgresql", None, of_a_certificate).iter().all(|(_, at_hand)| !at_hand));
    }

    #[test]
    fn the_clients_line_is_at_hand_where_its_hello_tells() {
        let advice = vec![line("any", None), line("nginx", Some("server")), line("curl", Some("client"))];
        let expected = [("any", false), ("nginx", true), ("curl", true)];
        assert_eq!(arranged("nginx", Some("curl"), advice), told(&expected));
    }
}
