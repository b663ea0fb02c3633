//! What an operator means, by a key or a command, carried to the desk or the world. Decides nothing.

use crate::control::{Effect, Intent, disarm, hasten, pick};
use crate::model::{Event, FeedId, Time};

use super::{Runtime, action_id};

impl Runtime {
    /// Does what an operator means. Intents that belong to the terminal are the screen's.
    pub fn intend(&mut self, intent: Intent) {
        let now = self.now();
        match intent {
            Intent::Ask(request) => self.desk.ask(&self.store, request, action_id(), now),
            Intent::AskAll(requests) => self.desk.ask_all(&self.store, requests, action_id, now),
            // pictures of a session show its questions; nothing may come of them
            Intent::Answer(_) if self.replay.is_some() => {}
            Intent::Answer(answer) => {
                let effects = self.desk.answer(&answer, now);
                self.perform(effects);
            }
            Intent::Dismiss => self.desk.dismiss(),
            Intent::SkipHook(action) => {
                if let Some(skip) = self.skips.get(&action) {
                    skip.notify_one();
                }
            }
            // a replay acts on nothing in any case
            Intent::ToggleReadOnly if self.replay.is_none() => self.toggle_read_only(now),
            Intent::Play(play) => self.play(play),
            Intent::Pick(action, run) => {
                let effect = pick(&self.store, &action, run);
                self.perform(effect.into_iter().collect());
            }
            Intent::Disarm(target, why) => {
                let effect = disarm(&self.store, &target, &why);
                self.perform(effect.into_iter().collect());
            }
            Intent::Hasten(target) => {
                let effect = hasten(&self.store, &target, now);
                self.perform(effect.into_iter().collect());
            }
            Intent::Refresh(feed) => self.perform(vec![Effect::Refresh(feed)]),
            Intent::Watch(host, repo, _) => {
                self.perform(vec![Effect::Refresh(Some(FeedId::part(host, repo)))]);
            }
            _ => {}
        }
    }

    fn toggle_read_only(&mut self, now: Time) {
        let event = if self.locked {
            let text = "it was started read-only and stays so; start it without to act";
            Event::Notice { text: text.to_owned(), target: None }
        } else {
            Event::ReadOnly { on: !self.store.fleet().read_only }
        };
        self.apply(now, event);
    }
}
