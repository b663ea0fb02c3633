//! Commands around the actions of a target.

use std::time::Duration;

use toml::Spanned;

use crate::config::raw::{self, Text};
use crate::config::suggest::suggest;
use crate::model::HookSpec;
use crate::model::program::PLACEHOLDERS;
use crate::model::spec::Hooks;

use super::Resolver;

const TIMEOUT: Duration = Duration::from_secs(30);

impl Resolver<'_, '_> {
    pub(super) fn hooks(&mut self, raw: &raw::Rollout) -> Hooks {
        Hooks {
            before_promote: self.hook(raw.before_promote.as_ref()),
            after_promote: self.hook(raw.after_promote.as_ref()),
            before_rollback: self.hook(raw.before_rollback.as_ref()),
            after_rollback: self.hook(raw.after_rollback.as_ref()),
            on_completed: self.hook(raw.on_completed.as_ref()),
        }
    }

    fn hook(&mut self, hook: Option<&Spanned<raw::Hook>>) -> Option<HookSpec> {
        let hook = hook?;
        let raw = hook.get_ref();
        for part in &raw.argv {
            self.placeholders(part);
        }
        Some(HookSpec {
            argv: self.argv(&raw.argv, hook.span()),
            timeout: self.pace(raw.timeout.as_ref(), TIMEOUT),
            required: raw.required.unwrap_or(false),
        })
    }

    /// A `{word}` that nothing will fill in is a slip of the pen.
    pub(super) fn placeholders(&mut self, part: &Text) {
        self.known_placeholders(part, &PLACEHOLDERS);
    }

    /// The same with other words.
    pub(super) fn known_placeholders(&mut self, part: &Text, known: &[&str]) {
        for piece in part.get_ref().split('{').skip(1) {
            let Some((word, _)) = piece.split_once('}') else {
                continue;
            };
            let is_word =
                !word.is_empty() && word.chars().all(|c| c.is_ascii_lowercase() || c == '_');
            if is_word && !known.contains(&word) {
                self.not(part, suggest(word, known.iter().copied(), ""));
            }
        }
    }
}
