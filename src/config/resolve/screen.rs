//! `[screen]`: what the cockpit looks like. Knows the panes by name only.

use crate::config::raw::Text;
use crate::config::suggest::suggest;

use super::Resolver;

/// The panes, in the order that they have unless another is configured.
pub(crate) const PANES: [&str; 7] =
    ["targets", "rollout", "metrics", "health", "pipeline", "alerts", "timeline"];

/// Those without which nobody knows what a key would act on.
const NEEDED: [&str; 2] = ["targets", "rollout"];

impl Resolver<'_, '_> {
    pub(super) fn screen(&mut self) {
        let raw = self.raw;
        let own = raw.screen.as_ref().and_then(|screen| screen.theme.as_ref());
        if let (Some(top), Some(_)) = (&raw.theme, own) {
            let found = "found `theme` here and under [screen]";
            self.problems.at(top.span(), found, "write it once, under [screen]");
        }
        self.config.screen.theme = own.or(raw.theme.as_ref()).map(|name| name.get_ref().clone());
        let Some(screen) = &raw.screen else { return };
        self.config.screen.ascii = screen.ascii;
        self.config.screen.mouse = screen.mouse.unwrap_or(false);
        let Some(panes) = &screen.panes else { return };
        for pane in panes.get_ref() {
            self.pane(pane);
        }
        for needed in NEEDED {
            if !panes.get_ref().iter().any(|pane| pane.get_ref() == needed) {
                let found = format!("found no `{needed}`, which cannot be hidden");
                self.problems.at(panes.span(), found, format!("add \"{needed}\""));
            }
        }
    }

    fn pane(&mut self, pane: &Text) {
        let name = pane.get_ref();
        if !PANES.contains(&name.as_str()) {
            self.not(pane, suggest(name, PANES, ""));
        } else if self.config.screen.panes.contains(name) {
            self.problems.at(pane.span(), format!("found `{name}` twice"), "name each pane once");
        } else {
            self.config.screen.panes.push(name.clone());
        }
    }
}
