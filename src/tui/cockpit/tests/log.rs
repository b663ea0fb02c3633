//! The log of events, line by line.

use super::*;
use crate::model::Event;

#[test]
fn a_line_of_the_log_is_read_whole_and_stays() {
    for (width, height) in [(80, 24), (40, 12)] {
        let mut stage = Stage::new(World::bad());
        let text = "mine.toml:4: roles.ok: `greenish` is not a colour; write a name or #rrggbb, as \
            the built-in themes do; dark is worn until then";
        stage.world.event(0, Event::Notice { text: text.to_owned(), target: None });
        stage.keys("esc e");
        assert!(!stage.picture(width, height).contains("until then") || width == 40);
        stage.key("enter");
        let words = |picture: String| picture.replace(['│', '\n'], " ");
        let whole = words(stage.picture(width, height));
        let whole: Vec<&str> = whole.split_whitespace().collect();
        assert!(whole.join(" ").contains(text), "{whole:?}");
        stage.world.event(0, Event::Notice { text: "another".into(), target: None });
        assert!(stage.picture(width, height).contains("greenish"), "it is still being read");
        stage.keys("esc");
        assert!(stage.picture(width, height).contains("Log, newest first"));
        assert!(stage.picture(width, height).contains("another"));
        stage.keys("j enter j esc esc");
        assert!(!stage.picture(width, height).contains("Log, newest first"));
    }
}
