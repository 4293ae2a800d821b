//! Rows of AI agents.

use super::base::{CALL, OBJECTS, TEXTS, WEB, at_least, opt};
use crate::call::ActionKind::Ai;
use crate::relay::Repeat;
use crate::script::api::table::{Gives, Kind, Param, Verb};

const PROMPT: Param = opt("prompt", "prompt", Kind::Object, "what the agent is told, such as #{text: \"…\"}");
const POST_PROMPT: Param = opt("post_prompt", "post_prompt", Kind::Object, "what it is told after the call");
const POST_PROMPT_URL: Param = opt("post_prompt_url", "post_prompt_url", WEB, "gets its last answer");
const GLOBAL_DATA: Param = opt("global_data", "global_data", Kind::Object, "data that its functions see");
const SWAIG: Param = opt("SWAIG", "SWAIG", Kind::Object, "functions that it may call");
const AI_PARAMS: Param = opt("ai_params", "params", Kind::Object, "settings of the agent");
const SPOKEN: Param = opt("prompt", "prompt", Kind::Text, "what the agent says");

const AGENT: &[Param] = &[
    opt("agent", "agent", Kind::Text, "id of an agent that is set up already"),
    PROMPT,
    POST_PROMPT,
    POST_PROMPT_URL,
    opt("post_prompt_auth_user", "post_prompt_auth_user", Kind::Text, "user for that URL"),
    opt("post_prompt_auth_password", "post_prompt_auth_password", Kind::Secret, "password for that URL"),
    GLOBAL_DATA,
    opt("pronounce", "pronounce", OBJECTS, r##"#{replace, "with"}: how words are spoken"##),
    opt("hints", "hints", TEXTS, "words that are likely"),
    opt("languages", "languages", OBJECTS, "#{name, code, voice}: languages that it speaks"),
    SWAIG,
    AI_PARAMS,
];

const ROLE: Kind = Kind::Choice(&["system", "user", "assistant"]);

pub(super) const VERBS: &[Verb] = &[
    Verb {
        name: "ai",
        method: "calling.ai",
        options: AGENT,
        gives: Gives::Action(Ai),
        control_id: true,
        repeat: Repeat::Announced,
        doc: "Lets an AI agent talk to the caller.",
        example: "let action = call.ai(#{ prompt: #{ text: \"You help.\" } });",
        ..CALL
    },
    Verb {
        name: "amazon_bedrock",
        method: "calling.amazon_bedrock",
        options: &[PROMPT, SWAIG, AI_PARAMS, GLOBAL_DATA, POST_PROMPT, POST_PROMPT_URL],
        gives: Gives::Result,
        repeat: Repeat::Never,
        doc: "Lets an agent of Amazon Bedrock talk to the caller.",
        example: "call.amazon_bedrock(#{ prompt: #{ text: \"You help.\" } });",
        ..CALL
    },
    Verb {
        name: "ai_message",
        method: "calling.ai_message",
        positional: &["message_text"],
        options: &[
            opt("message_text", "message_text", Kind::Text, "what to tell the agent"),
            opt("role", "role", ROLE, "as whom"),
            opt("reset", "reset", Kind::Object, "what it should forget"),
            GLOBAL_DATA,
        ],
        gives: Gives::Result,
        repeat: Repeat::Never,
        doc: "Tells something to the agent of this call.",
        example: "call.ai_message(\"The order was shipped.\", #{ role: \"system\" });",
        ..CALL
    },
    Verb {
        name: "ai_hold",
        method: "calling.ai_hold",
        positional: &["timeout"],
        options: &[
            opt("timeout", "timeout", Kind::AsText(&at_least(0)), "longest pause, in seconds"),
            SPOKEN,
        ],
        gives: Gives::Result,
        doc: "Puts the agent on hold.",
        example: "call.ai_hold(30, #{ prompt: \"Hold on.\" });",
        ..CALL
    },
    Verb {
        name: "ai_unhold",
        method: "calling.ai_unhold",
        positional: &["prompt"],
        options: &[SPOKEN],
        gives: Gives::Result,
        doc: "Takes the agent from hold.",
        example: "call.ai_unhold(\"I am back.\");",
        ..CALL
    },
];
