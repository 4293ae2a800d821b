//! One payment: where it is, and what each key, word, answer and passing second does to it.
//!
//! Never says what is right or what is heard: that is in the other files.

use super::super::action::{Act, Listens, Work, unknown_command};
use super::super::card::Entry;
use super::super::frames::{Failure, Fields, fields};
use super::super::observe::What;
use super::super::outside::{Answer, Asked};
use super::super::params::Params;
use super::PayOutcome;
use super::card::Brand;
use super::connector::{self, PATIENCE, Reply, StandIn};
use super::digits::{self, Digits};
use super::mask;
use super::prompts::{self, ErrorType, Moment, Situation, Sound};
use super::report::{self, Outcome, Shown};
use super::steps::{self, Entered};
use super::terms::{PostalCode, Terms};
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::fmt;
use std::time::Duration;

/// A `#` this soon after an entry that was taken without one belongs to that entry (*assumed*).
const LATE_TERMINATOR: Duration = Duration::from_secs(3);

/// Where a payment is. In each stage a prompt may still be heard.
enum Stage {
    /// It asks for a part of the card, or waits for it.
    Entry(Entry),
    /// It says that it processes the payment.
    Processing,
    /// It waits for the connector.
    Posted,
    /// It waits for the built-in connector, whose answer is known.
    Thinking(Reply),
    /// It says that the card was declined, before it asks for another one.
    Declined,
    /// It says how it ended.
    Closing(Outcome, Fields),
}

/// The state of a `calling.pay`.
pub(super) struct Paying {
    terms: Terms,
    stage: Stage,
    /// What is heard, and then what is heard after it.
    sounds: VecDeque<Sound>,
    /// The attempt, counted from 1 over the whole payment (*assumed*): each entry that is not good and each card
    /// that is declined uses one up.
    attempt: u32,
    error: Option<ErrorType>,
    brand: Option<Brand>,
    /// The entry so far.
    entry: Digits,
    /// When an entry was taken because it was whole.
    taken_at: Option<Duration>,
    entered: Entered,
    shown: Shown,
}

impl fmt::Debug for Paying {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Paying").field("attempt", &self.attempt).finish_non_exhaustive()
    }
}

impl Paying {
    pub(super) fn new(terms: Terms) -> Self {
        Self {
            terms,
            stage: Stage::Entry(Entry::CardNumber),
            sounds: VecDeque::new(),
            attempt: 1,
            error: None,
            brand: None,
            entry: Digits::default(),
            taken_at: None,
            entered: Entered::default(),
            shown: Shown::default(),
        }
    }

    /// Asks for a part of the card.
    fn ask(&mut self, entry: Entry, act: &mut Act<'_, '_>) {
        if entry == Entry::CardNumber {
            self.entered = Entered::default();
            self.shown = Shown::default();
            // Of a card that is not taken it is still known what it was.
            self.brand = self.brand.filter(|_| self.error == Some(ErrorType::CardType));
        }
        self.entry.wipe();
        self.stage = Stage::Entry(entry);
        self.say(Moment::Entry(entry), act);
    }

    fn say(&mut self, moment: Moment, act: &mut Act<'_, '_>) {
        self.choose(moment);
        self.play_on(act);
    }

    fn choose(&mut self, moment: Moment) {
        let now = Situation { moment, attempt: self.attempt, brand: self.brand, error: self.error };
        self.sounds = prompts::choose(&self.terms.prompts, &now).into();
    }

    fn play_on(&mut self, act: &mut Act<'_, '_>) {
        match self.sounds.front() {
            Some(sound) => {
                act.hear(&sound.text, sound.how, sound.length());
                act.timer(sound.length());
            }
            None => self.prompt_over(act),
        }
    }

    fn prompt_over(&mut self, act: &mut Act<'_, '_>) {
        match &self.stage {
            Stage::Entry(_) => act.timer(self.terms.timeout),
            Stage::Processing => self.connect(act),
            Stage::Declined => self.ask(Entry::CardNumber, act),
            Stage::Closing(..) => self.close(act),
            Stage::Posted | Stage::Thinking(_) => {}
        }
    }

    /// The time for the next digit, or for the connector, is over.
    fn waited(&mut self, act: &mut Act<'_, '_>) {
        match std::mem::replace(&mut self.stage, Stage::Processing) {
            Stage::Entry(entry) => self.submit(entry, ErrorType::Timeout, act),
            Stage::Thinking(reply) => self.take_reply(reply, act),
            Stage::Posted => self.take_reply(connector::timed_out(), act),
            stage => self.stage = stage,
        }
    }

    /// More digits of an entry: the prompt falls silent.
    fn enter(&mut self, entry: Entry, digits: &str, act: &mut Act<'_, '_>) {
        if !self.sounds.is_empty() {
            self.sounds.clear();
            act.hush();
        }
        for digit in digits.chars() {
            self.entry.push(digit);
            if steps::is_whole(entry, &self.entry, self.brand) {
                self.taken_at = Some(act.now());
                return self.submit(entry, ErrorType::Timeout, act);
            }
        }
        act.timer(self.terms.timeout);
    }

    /// An entry is over; without digits it failed for the given reason.
    fn submit(&mut self, entry: Entry, nothing: ErrorType, act: &mut Act<'_, '_>) {
        let digits = std::mem::take(&mut self.entry);
        let outcome = match digits.is_empty() {
            true => Err(nothing),
            false => steps::check(entry, &digits, &self.terms, &mut self.brand, act.fx.unix()),
        };
        match outcome {
            Ok(()) => self.keep(entry, digits, act),
            Err(error) => self.miss(entry, error, act),
        }
    }

    fn keep(&mut self, entry: Entry, digits: Digits, act: &mut Act<'_, '_>) {
        match entry {
            Entry::CardNumber => {
                self.shown.number = Some(mask::number(digits.last_four()));
                self.shown.brand = self.brand;
            }
            Entry::ExpirationDate => self.shown.expiration = Some(digits.as_str().to_owned()),
            Entry::SecurityCode => self.shown.security_code = true,
            Entry::PostalCode => self.shown.postal_code = Some(digits.as_str().to_owned()),
        }
        self.entered.keep(entry, digits);
        self.error = None;
        self.tell(Moment::Entry(entry), act);
        match steps::next(entry, &self.terms) {
            Some(next) => self.ask(next, act),
            None => self.process(act),
        }
    }

    /// An entry was not good: it is asked for again while attempts are left.
    fn miss(&mut self, entry: Entry, error: ErrorType, act: &mut Act<'_, '_>) {
        self.error = Some(error);
        self.tell(Moment::Entry(entry), act);
        if self.attempt < self.terms.max_attempts {
            self.attempt += 1;
            return self.ask(entry, act);
        }
        let why = json!({"payment_error": error.word()});
        self.end(Outcome::TooManyFailedAttempts, Moment::Failed, why, act);
    }

    fn process(&mut self, act: &mut Act<'_, '_>) {
        if let PostalCode::Known(code) = &self.terms.postal_code {
            self.shown.postal_code = Some(code.clone());
        }
        self.stage = Stage::Processing;
        self.tell(Moment::Processing, act);
        self.say(Moment::Processing, act);
    }

    /// Hands the card to the connector, and keeps nothing of it.
    fn connect(&mut self, act: &mut Act<'_, '_>) {
        let card = std::mem::take(&mut self.entered);
        let world = &act.fx.world;
        if world.pay == PayOutcome::Fail {
            return self.take_reply(Reply::PlatformFailed, act);
        }
        if self.terms.built_in.is_none() && world.outside.reaches(&self.terms.connector) {
            let postal_code = self.shown.postal_code.as_deref().unwrap_or_default();
            let body = connector::body(&self.terms, &act.fx.ids.uuid(), &card, postal_code);
            act.ask(Asked::Post { url: self.terms.connector.clone(), body, timeout: PATIENCE });
            self.stage = Stage::Posted;
            return act.timer(act.fx.world.patience);
        }
        let StandIn { reply, summary, after } =
            connector::stand_in(&self.terms, world.pay, card.number.as_str(), || act.fx.ids.uuid());
        act.fx.observe(What::posted(&self.terms.connector, summary));
        self.stage = Stage::Thinking(reply);
        act.timer(after);
    }

    fn take_reply(&mut self, reply: Reply, act: &mut Act<'_, '_>) {
        match reply {
            Reply::Success { token, confirmation } => {
                let ids = json!({"payment_token": token, "payment_confirmation_code": confirmation});
                self.end(Outcome::Success, Moment::Completed, ids, act);
            }
            Reply::Declined { code, message } => self.decline(&code, &message, act),
            Reply::Broken { code, message } => {
                let why = connector_error(&message, &code, &message);
                self.end(Outcome::ConnectorError, Moment::Failed, why, act);
            }
            Reply::PlatformFailed => {
                let why = json!({"payment_error": "the platform failed"});
                self.end(Outcome::InternalError, Moment::Failed, why, act);
            }
        }
    }

    /// The card was declined: another one can be entered while attempts are left.
    fn decline(&mut self, code: &str, message: &str, act: &mut Act<'_, '_>) {
        self.error = Some(ErrorType::CardDeclined);
        if self.attempt >= self.terms.max_attempts {
            let why = connector_error(ErrorType::CardDeclined.word(), code, message);
            return self.end(Outcome::ConnectorError, Moment::Failed, why, act);
        }
        self.stage = Stage::Declined;
        self.tell(Moment::Failed, act);
        self.choose(Moment::Failed);
        // Before anything is heard: silence leads straight to the next attempt.
        self.attempt += 1;
        self.play_on(act);
    }

    /// Says how the payment ended; after that it is over.
    fn end(&mut self, outcome: Outcome, moment: Moment, rest: Value, act: &mut Act<'_, '_>) {
        self.forget();
        self.stage = Stage::Closing(outcome, fields(rest));
        self.tell(moment, act);
        self.say(moment, act);
    }

    /// Ends the payment without a word more to the caller. One that has ended already, and only says so, keeps
    /// its outcome.
    fn cut(&mut self, outcome: Outcome, act: &mut Act<'_, '_>) {
        if !matches!(self.stage, Stage::Closing(..)) {
            self.forget();
            self.stage = Stage::Closing(outcome, Fields::new());
            self.error = None;
            self.tell(Moment::Canceled, act);
        }
        self.close(act);
    }

    fn close(&mut self, act: &mut Act<'_, '_>) {
        if let Stage::Closing(outcome, rest) = std::mem::replace(&mut self.stage, Stage::Processing) {
            report::terminal(act, outcome, &self.shown, rest);
        }
    }

    fn forget(&mut self) {
        self.entry.wipe();
        self.entered = Entered::default();
    }

    /// Posts to `status_url`, if there is one.
    fn tell(&self, moment: Moment, act: &mut Act<'_, '_>) {
        if let Some(url) = &self.terms.status_url {
            report::status(act, url, moment, self.error, &self.shown);
        }
    }

    /// The entry that is open.
    fn open(&self) -> Option<Entry> {
        match self.stage {
            Stage::Entry(entry) => Some(entry),
            _ => None,
        }
    }

    /// Whether this `#` ends an entry that was whole without it.
    fn is_late_terminator(&mut self, key: char, now: Duration) -> bool {
        let taken_at = self.taken_at.take();
        key == '#' && taken_at.is_some_and(|at| now - at <= LATE_TERMINATOR)
    }
}

fn connector_error(error: &str, code: &str, message: &str) -> Value {
    json!({
        "payment_error": error,
        "payment_error_code": code,
        "connector_error": {"code": code, "message": message},
    })
}

impl Work for Paying {
    fn family(&self) -> &'static str {
        "calling.pay"
    }

    fn start(&mut self, act: &mut Act<'_, '_>) {
        self.ask(Entry::CardNumber, act);
    }

    fn refused(&self, act: &mut Act<'_, '_>) {
        if let Some(url) = &self.terms.status_url {
            let (moment, error) = (Moment::Entry(Entry::CardNumber), ErrorType::SessionInProgress);
            report::status(act, url, moment, Some(error), &self.shown);
        }
    }

    fn due(&mut self, act: &mut Act<'_, '_>) {
        match self.sounds.pop_front() {
            Some(_) => self.play_on(act),
            None => self.waited(act),
        }
    }

    /// `stop` ends it at once and without a prompt (*assumed*: a script that stops it says why itself).
    fn command(&mut self, command: &str, _params: Params<'_>, act: &mut Act<'_, '_>) -> Result<(), Failure> {
        match command {
            "stop" => self.cut(Outcome::RelayPayStop, act),
            _ => return Err(unknown_command(self.family(), command)),
        }
        Ok(())
    }

    /// Once the card is posted, and when the payment has ended, keys change nothing (*assumed*).
    fn press(&mut self, key: char, act: &mut Act<'_, '_>) {
        if self.is_late_terminator(key, act.now()) {
            return;
        }
        match (key, &self.stage) {
            ('*', Stage::Entry(_) | Stage::Processing | Stage::Declined) => {
                self.error = None;
                self.end(Outcome::CallerInterruptedWithStar, Moment::Canceled, json!({}), act);
            }
            ('#', Stage::Entry(entry)) => self.submit(*entry, ErrorType::InputMatchingFailed, act),
            ('0'..='9', Stage::Entry(entry)) => self.enter(*entry, key.encode_utf8(&mut [0; 4]), act),
            _ => {}
        }
    }

    fn speak(&mut self, text: &str, act: &mut Act<'_, '_>) {
        let Some(entry) = self.open().filter(|_| self.terms.speech) else { return };
        let said = digits::spoken(text);
        if said.is_empty() {
            return self.miss(entry, ErrorType::InputMatchingFailed, act);
        }
        self.enter(entry, said.as_str(), act);
    }

    fn answered(&mut self, answer: &Answer, act: &mut Act<'_, '_>) {
        if matches!(self.stage, Stage::Posted) {
            self.take_reply(connector::read(answer, self.terms.is_charge()), act);
        }
    }

    /// The terminal event comes before the call's own end (*assumed*).
    fn hung_up(&mut self, act: &mut Act<'_, '_>) {
        self.cut(Outcome::CallerHungUp, act);
    }

    fn listens(&self) -> Listens {
        let entry = self.open().filter(|_| self.sounds.is_empty());
        Listens { keys: entry.is_some(), speech: entry.is_some() && self.terms.speech, entry }
    }
}
