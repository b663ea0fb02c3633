//! Texts that want something from a terminal or from its reader.

use proptest::prelude::*;
use proptest::sample::select;

/// The cases that must be among those tried, each with its name.
pub fn known() -> Vec<(&'static str, String)> {
    let cases: [(&str, String); 19] = [
        ("OSC 52 takes the clipboard", "\u{1b}]52;c;cm0gLXJmIH4K\u{7}fix tax".into()),
        ("OSC 52 with ST", "a\u{1b}]52;c;cm0gLXJmIH4K\u{1b}\\b".into()),
        ("OSC 8 link", "\u{1b}]8;;http://evil.example/\u{1b}\\click\u{1b}]8;;\u{1b}\\".into()),
        ("OSC without an end", "\u{1b}]0;title".into()),
        ("bidi in a branch", "main\u{202e}gnp.exe\u{2066}x\u{2069}".into()),
        ("C1 CSI", "\u{9b}2J\u{9b}31mred".into()),
        ("C1 OSC and DCS", "\u{9d}52;c;eA==\u{9c}\u{90}q\u{9c}\u{9f}x\u{9c}".into()),
        ("CSI", "\u{1b}[2J\u{1b}[31mred\u{1b}[6n\u{1b}[?1049l".into()),
        ("DCS and APC", "\u{1b}P$q\u{1b}\\\u{1b}_G\u{1b}\\\u{1b}^x\u{1b}\\\u{1b}Xx\u{1b}\\".into()),
        ("escapes in escapes", "\u{1b}\u{1b}[\u{1b}]\u{1b}[2\u{1b}[J\u{1b}".into()),
        (
            "a sequence that two removals would join",
            "\u{1b}\u{1b}[0m[2J\u{1b}\u{9b}m]52;c;x\u{7}".into(),
        ),
        ("100,000 combining marks", format!("a{}", "\u{301}".repeat(100_000))),
        ("marks without a letter", "\u{301}\u{fe0f}".repeat(500)),
        ("tags", "ok\u{e0001}\u{e0068}\u{e0069}\u{e007f}".into()),
        ("zero width", "pay\u{200b}ments\u{feff}\u{2060}\u{ad}\u{180e}".into()),
        ("line ends", "one\ntwo\r\nthree\u{2028}four\u{85}five\u{b}\u{c}six\r$ rm".into()),
        ("control characters", (0..32u8).chain([127]).map(char::from).collect()),
        ("a hundred kilobytes", "huge 漢字 ".repeat(8_000)),
        ("private use and joiners", "\u{e0b0}\u{f8ff}👩\u{200d}🚀\u{200d}\u{200d}|`<b>".into()),
    ];
    cases.into()
}

/// Attacks and harmless text in any mixture.
pub fn text() -> impl Strategy<Value = String> {
    let pieces: Vec<String> =
        known().into_iter().map(|(_, text)| text).filter(|text| text.len() < 2_000).collect();
    let piece = prop_oneof![
        4 => select(pieces),
        2 => "[a-z |{}\"'\\\\]{0,8}",
        2 => any::<char>().prop_map(String::from),
        1 => select(vec!["\u{1b}", "\u{9b}", "[", "]", "52;c;", "\u{7}", "\u{1b}\\", "\u{9c}"])
            .prop_map(str::to_owned),
        1 => (1..300usize).prop_map(|n| format!("e{}", "\u{300}".repeat(n))),
    ];
    prop::collection::vec(piece, 1..10).prop_map(|pieces| pieces.concat())
}
