//! Bytes of terminals, whole and in pieces.

use super::*;
use crate::tui::terminal::{Mouse, MouseKind};
use proptest::prelude::*;

fn decode(pieces: &[&[u8]]) -> Vec<Input> {
    let (mut decoder, mut out) = (Decoder::default(), Vec::new());
    for piece in pieces {
        decoder.feed(piece, &mut out);
    }
    decoder.settle(&mut out);
    out
}

fn names(bytes: &[u8]) -> String {
    let name = |input: Input| match input {
        Input::Key(key) => key.to_string(),
        other => format!("{other:?}"),
    };
    let names: Vec<String> = decode(&[bytes]).into_iter().map(name).collect();
    names.join(" ")
}

#[test]
fn the_mouse_in_bounds_and_nothing_else_of_it() {
    let mouse = |kind, column, row| Input::Mouse(Mouse { kind, column, row });
    let wheel = [b"\x1b[<64;1;1M".as_slice(), b"\x1b[<6", b"5;120;40M"];
    let wanted = [mouse(MouseKind::WheelUp, 0, 0), mouse(MouseKind::WheelDown, 119, 39)];
    assert_eq!(decode(&wheel), wanted);
    assert_eq!(decode(&[b"\x1b[<16;9999;9999M"]), [mouse(MouseKind::Click, 9998, 9998)]);
    for nothing in [
        b"\x1b[<0;5;5m".as_slice(),
        b"\x1b[<2;5;5M",
        b"\x1b[<32;5;5M",
        b"\x1b[<35;5;5M",
        b"\x1b[<0;0;5M",
        b"\x1b[<0;5;0M",
        b"\x1b[<0;5;70000M",
        b"\x1b[<0;99999999999;1M",
        b"\x1b[<0;5M",
        b"\x1b[<0;5;5;5M",
        b"\x1b[<-1;5;5M",
        b"\x1b[<;;M",
        b"\x1b[<M",
        // the old form, whose bytes look like keys
        b"\x1b[MB!!",
    ] {
        assert_eq!(decode(&[nothing]), [], "{nothing:?}");
    }
    assert_eq!(names(b"\x1b[M !!j"), "j");
    assert_eq!(decode(&[b"\x1b[M", b"BB"]), [], "cut off");
}

#[test]
fn keys_of_common_terminals() {
    let table: [(&[u8], &str); 37] = [
        (b"jG/", "j G /"),
        (b"\r\t\x7f\x08", "enter tab backspace backspace"),
        (b"\x03\x04\x0c\x1a\x1d\0\n", "ctrl-c ctrl-d ctrl-l ctrl-z ctrl-] ctrl-space ctrl-j"),
        ("éö漢🚀".as_bytes(), "é ö 漢 🚀"),
        (b"\x1b", "esc"),
        (b"\x1b\x1b", "esc esc"),
        (b"\x1bx\x1bX", "esc x esc X"),
        (b"\x1b[", "esc ["),
        (b"\x1bO", "esc O"),
        (b"\x1b]", "esc ]"),
        (b"\x1b[A\x1b[B\x1b[C\x1b[D", "up down right left"),
        (b"\x1bOA\x1bOH\x1bOF\x1bOM", "up home end enter"),
        (b"\x1bOP\x1bOS", "f1 f4"),
        (b"\x1b[11~\x1b[15~\x1b[17~\x1b[24~", "f1 f5 f6 f12"),
        (b"\x1b[[A\x1b[[E", "f1 f5"),
        (b"\x1b[H\x1b[F\x1b[1~\x1b[4~\x1b[7~\x1b[8~", "home end home end home end"),
        (b"\x1b[2~\x1b[3~\x1b[5~\x1b[6~", "insert delete pageup pagedown"),
        (b"\x1b[Z", "shift-tab"),
        (b"\x1b[1;5A\x1b[1;3D\x1b[1;2B\x1b[5;5~", "ctrl-up alt-left down ctrl-pageup"),
        (b"\x1b[1;5P\x1b[15;5~", "ctrl-f1 ctrl-f5"),
        (b"\x1b[27u\x1b[99;5u\x1b[97;2u\x1b[9;2u", "esc ctrl-c A shift-tab"),
        (b"\x1b[97;1:3u", ""),
        (b"\x1b[I\x1b[O", "FocusGained FocusLost"),
        (b"\x1b[200~a\x1b[Bq\r\x1b[201~j", "Paste(\"a\\u{1b}[Bq\\r\") j"),
        (b"\x1b[200~\x1b[201~", "Paste(\"\")"),
        (b"\x1b[201~j", "j"),
        (b"\x1b[?62;c\x1b[24;80R", ""),
        (b"\x1b]11;rgb:0/0/0\x07j\x1b]11;x\x1b\\k", "j k"),
        (b"\x1bP1$r0m\x1b\\j", "j"),
        (b"\x1b[1;\x03j", "ctrl-c j"),
        (b"\x1b[12", ""),
        (b"\xff\xfej", "j"),
        (b"\xe6\xbc", ""),
        (b"\x1b\xff", ""),
        (b"\x1b[99999999999999999999A", "up"),
        (b"\x1b\r", "esc enter"),
        (b"\x1bO\x1b[A", "esc O up"),
    ];
    for (bytes, expected) in table {
        assert_eq!(names(bytes), expected, "{}", bytes.escape_ascii());
    }
}

#[test]
fn escape_and_a_key_in_one_read_are_both_pressed_unless_together_they_mean_something() {
    let alt = |key: &str| key.parse::<Key>().unwrap();
    let mut decoder = Decoder::new(vec![alt("alt-x"), alt("alt-O")]);
    let mut out = Vec::new();
    decoder.feed(b"\x1bx\x1b:go\x1bO", &mut out);
    decoder.settle(&mut out);
    let names: Vec<String> = out
        .iter()
        .map(|input| match input {
            Input::Key(key) => key.to_string(),
            other => format!("{other:?}"),
        })
        .collect();
    assert_eq!(names, ["alt-x", "esc", ":", "g", "o", "alt-O"]);
}

#[test]
fn an_escape_waits_for_what_follows() {
    let (mut decoder, mut out) = (Decoder::default(), Vec::new());
    decoder.feed(b"\x1b", &mut out);
    assert!(out.is_empty() && decoder.unsettled());
    decoder.feed(b"[", &mut out);
    decoder.feed(b"A", &mut out);
    assert_eq!(out, [Input::Key(Key::plain(Code::Up))]);
    assert!(!decoder.unsettled());
}

#[test]
fn a_paste_is_bounded_and_cannot_be_settled_into_keys() {
    let (mut decoder, mut out) = (Decoder::default(), Vec::new());
    decoder.feed(b"\x1b[200~", &mut out);
    for _ in 0..100 {
        decoder.feed(&[b'P'; 1024], &mut out);
        decoder.settle(&mut out);
    }
    assert!(out.is_empty() && !decoder.unsettled());
    decoder.feed(b"\x1b[201~", &mut out);
    assert_eq!(out, [Input::Paste("P".repeat(PASTE_MAX))]);
}

proptest! {
    #[test]
    fn any_bytes_in_any_pieces_mean_the_same(
        bytes in proptest::collection::vec(
            prop_oneof![Just(0x1b), Just(b'['), Just(b'~'), Just(b'2'), Just(b';'), any::<u8>()], 0..64),
        cut in 0..64usize,
    ) {
        let cut = cut.min(bytes.len());
        let (head, tail) = bytes.split_at(cut);
        prop_assert_eq!(decode(&[&bytes]), decode(&[head, tail]));
    }
}
