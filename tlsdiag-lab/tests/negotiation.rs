//! Every negotiation scenario can be performed without anybody watching.

use tlsdiag_lab::pki::Pki;
use tlsdiag_lab::scenario::{Scenario, Spy};

#[test]
fn each_can_be_performed() {
    let pki = Pki::generate().unwrap();
    for scenario in Scenario::negotiation() {
        eprintln!("{}", scenario.name);
        scenario.run(&pki, &(), Spy::Off).unwrap();
    }
}
