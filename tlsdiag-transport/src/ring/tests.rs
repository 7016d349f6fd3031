use super::*;

fn ring() -> (Writer, Reader) {
    let (writer, file) = Writer::make().unwrap();
    (writer, Reader::open(&file).unwrap())
}

#[test]
fn what_is_written_is_read_in_order_however_often_it_goes_round() {
    let (mut writer, mut reader) = ring();
    for round in 0..2000_usize {
        let packet = vec![round as u8; round * 7 % 3000];
        let (head, rest) = packet.split_at(packet.len() / 3);
        assert_eq!(writer.write(&[head, rest]), Written::Done);
        if round % 3 == 0 {
            assert_eq!(writer.write(&[b"and another"]), Written::Done);
        }
        assert_eq!(reader.take().unwrap().unwrap(), packet);
        if round % 3 == 0 {
            assert_eq!(reader.take().unwrap().unwrap(), b"and another");
        }
        assert_eq!(reader.take().unwrap(), None);
    }
}

#[test]
fn one_that_is_full_says_so_and_loses_nothing() {
    let (mut writer, mut reader) = ring();
    let packet = vec![7; 100_000];
    let written = (0..100).take_while(|_| writer.write(&[&packet]) == Written::Done).count();
    assert_eq!(written, SPACE / (packet.len() + LENGTH));
    assert_eq!(writer.write(&[&packet]), Written::Full);
    assert_eq!(writer.write(&[&vec![0; SPACE]]), Written::Full);
    assert_eq!(reader.take().unwrap().unwrap(), packet);
    assert_eq!(writer.write(&[&packet]), Written::Done);
    assert_eq!(std::iter::from_fn(|| reader.take().unwrap()).count(), written);
}

#[test]
fn what_nobody_has_read_is_counted_by_its_first_byte() {
    let (mut writer, mut reader) = ring();
    let count = |writer: &Writer| writer.unread(|kind| kind == b'R');
    assert_eq!(count(&writer), 0);
    // Once around, so that packets lie across its end.
    for round in 0..40 {
        for packet in [&vec![b'R'; 9000], &vec![b'E'; 700], &vec![b'R'; 5]] {
            assert_eq!(writer.write(&[packet]), Written::Done);
        }
        assert_eq!(count(&writer), 2, "{round}");
        reader.take().unwrap();
        assert_eq!(count(&writer), 1, "{round}");
        while reader.take().unwrap().is_some() {}
        assert_eq!(count(&writer), 0, "{round}");
    }
}

#[test]
fn a_reader_that_sleeps_is_woken_once() {
    let (mut writer, mut reader) = ring();
    assert!(reader.sleep());
    assert_eq!(writer.write(&[b"1"]), Written::Asleep);
    assert_eq!(writer.write(&[b"2"]), Written::Done);
    assert!(!reader.sleep(), "there is something");
    reader.wake();
    assert_eq!(writer.write(&[b"3"]), Written::Done);
    assert_eq!(std::iter::from_fn(|| reader.take().unwrap()).count(), 3);
}

#[test]
fn a_reader_that_naps_is_woken_where_much_has_come() {
    let (mut writer, mut reader) = ring();
    let packet = vec![7; SPACE / 16];
    for _ in 0..3 {
        reader.nap();
        let written: Vec<_> = (0..10).map(|_| writer.write(&[&packet])).collect();
        let woken = written.iter().position(|written| *written == Written::Asleep);
        assert_eq!(woken, Some(7), "half full: {written:?}");
        assert_eq!(written.iter().filter(|written| **written == Written::Done).count(), 9);
        assert_eq!(std::iter::from_fn(|| reader.take().unwrap()).count(), 10);
    }
}

#[test]
fn a_retired_one_is_read_to_its_end_and_written_no_more() {
    let (mut writer, mut reader) = ring();
    assert_eq!(writer.write(&[b"last"]), Written::Done);
    assert!(reader.retire());
    assert_eq!(writer.write(&[b"too late"]), Written::Retired);
    assert_eq!(reader.take().unwrap().unwrap(), b"last");
    assert_eq!(reader.take().unwrap(), None);
}

#[test]
fn one_that_nobody_uses_is_known() {
    let (mut writer, mut reader) = ring();
    let (second, begin) = (Duration::from_secs(1), Instant::now());
    assert!(!reader.is_unused(begin, second));
    assert!(reader.is_unused(begin + 2 * second, second));
    assert_eq!(writer.write(&[b"1"]), Written::Done);
    reader.take().unwrap();
    assert!(!reader.is_unused(begin + 2 * second, second));
    assert!(!reader.is_unused(begin + 2 * second, second));
    assert!(reader.is_unused(begin + 3 * second, second));
}

#[test]
fn one_that_is_being_written_to_is_not_retired() {
    let (writer, reader) = ring();
    writer.memory.front().state.0.store(BUSY, Ordering::Relaxed);
    assert!(!reader.retire());
}

#[test]
fn what_is_no_ring_is_refused() {
    let file = memfd_create("other", MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING).unwrap();
    assert!(Reader::open(&file).is_err());
    ftruncate(&file, ALL as u64).unwrap();
    assert!(Reader::open(&file).is_err(), "it could be made shorter while we read");
}

#[test]
fn lengths_that_cannot_be_are_damage() {
    for (length, written) in [(u32::MAX, 100), (97, 100), (0, 3), (0, SPACE as u64 + 1), (0, u64::MAX)] {
        let (mut writer, mut reader) = ring();
        writer.memory.copy_in(0, &length.to_ne_bytes());
        writer.memory.front().written.0.store(written, Ordering::Relaxed);
        assert!(reader.take().is_err(), "{length} of {written}");
    }
}

#[test]
fn a_writer_and_a_reader_at_once_lose_nothing() {
    let (mut writer, mut reader) = ring();
    let writing = std::thread::spawn(move || {
        let mut number = 0_u32;
        while number < 200_000 {
            let packet = number.to_ne_bytes().repeat(1 + number as usize % 50);
            if writer.write(&[&packet]) == Written::Full {
                std::thread::yield_now();
            } else {
                number += 1;
            }
        }
    });
    let mut next = 0_u32;
    while next < 200_000 {
        if let Some(packet) = reader.take().unwrap() {
            assert_eq!(packet, next.to_ne_bytes().repeat(1 + next as usize % 50));
            next += 1;
        }
    }
    writing.join().unwrap();
}
