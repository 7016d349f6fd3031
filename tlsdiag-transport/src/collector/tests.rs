use super::*;
use crate::ring::Writer;

fn receiving(rings: usize) -> Receiving {
    let (socket, _other) = crate::pair().unwrap();
    let rings = (0..rings).map(|_| Reader::open(&Writer::make().unwrap().1).unwrap()).collect();
    Receiving {
        listening: None,
        token: None,
        connections: vec![Link { number: 0, socket, unknown: None, rings }],
        next: 1,
        queue: Arc::default(),
        buffer: Vec::new(),
    }
}

#[test]
fn rings_that_nobody_uses_are_given_up_where_there_are_many() {
    let later = Instant::now() + 2 * UNUSED;
    for (rings, left) in [(1, 1), (FEW, FEW), (FEW + 1, 0)] {
        let mut receiving = receiving(rings);
        assert!(!receiving.read_rings(Instant::now()));
        assert_eq!(receiving.rings().count(), rings);
        assert!(!receiving.read_rings(later));
        assert_eq!(receiving.rings().count(), left, "{rings}");
    }
}
