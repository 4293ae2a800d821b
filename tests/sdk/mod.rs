//! Statements of a script, one for each frame in `data/sdk-frames.json` after the connect, in its order.

/// Stands in the cases as `TTS`.
pub const TTS: &str = r#"#{type: "tts", params: #{text: "Hello", language: "en-US", gender: "female",
    voice: "en-US-Neural2-F"}}"#;

/// See the module.
pub const CASES: &[&str] = &[
    "call.answer(#{max_duration: 60});",
    r#"call.play([TTS], #{volume: -3.5, direction: "listen", "loop": 2, control_id: "c-play"});"#,
    r#"call.play_audio("https://example.com/a.mp3", #{volume: 1});"#,
    r#"let action = call.play("Hello"); action.pause();"#,
    r#"let action = call.play("Hello"); action.resume();"#,
    r#"let action = call.play("Hello"); action.volume(4);"#,
    r#"let action = call.play("Hello"); action.stop();"#,
    r#"call.play_tts("Hi", #{language: "en-GB", gender: "male", voice: "v", volume: 2.0});"#,
    "call.play_silence(1.5);",
    r#"call.play_ringtone("us", #{duration: 3, volume: 1});"#,
    r##"call.record(#{audio: #{format: "wav", stereo: true, direction: "both", beep: true, initial_timeout:
        4, end_silence_timeout: 1, terminators: "#", input_sensitivity: 44}, control_id: "c-record"});"##,
    r#"let action = call.record(#{control_id: "c-record"}); action.pause("silence");"#,
    r#"let action = call.record(#{control_id: "c-record"}); action.resume();"#,
    r#"let action = call.record(#{control_id: "c-record"}); action.stop();"#,
    r##"call.play_and_collect(TTS, #{digits: #{max: 4, digit_timeout: 3, terminators: "#"}, initial_timeout:
        10}, #{volume: 1, control_id: "c-pac"});"##,
    r#"let action = call.play_and_collect(TTS, #{digits: #{max: 1}}, #{control_id: "c-pac"});
        action.volume(#{volume: 2});"#,
    r#"let action = call.play_and_collect(TTS, #{digits: #{max: 1}}, #{control_id: "c-pac"});
        action.start_input_timers();"#,
    r#"let action = call.play_and_collect(TTS, #{digits: #{max: 1}}, #{control_id: "c-pac"});
        action.stop();"#,
    r##"call.collect(#{digits: #{max: 4, digit_timeout: 3, terminators: "#"}, speech: #{language: "en-US",
        end_silence_timeout: 1, speech_timeout: 15, hints: ["sales"]}, initial_timeout: 10, partial_results:
        true, continuous: false, send_start_of_input: true, start_input_timers: false, control_id:
        "c-collect"});"##,
    r#"let action = call.collect(#{digits: #{max: 4}, control_id: "c-collect"});
        action.start_input_timers();"#,
    r#"let action = call.collect(#{digits: #{max: 4}, control_id: "c-collect"}); action.stop();"#,
    r#"call.prompt_tts("Press 1", #{digits: #{max: 1}}, #{language: "en-US", gender: "female", voice: "v",
        volume: 1});"#,
    r#"call.prompt_audio("https://example.com/p.mp3", #{digits: #{max: 1}}, #{volume: 1});"#,
    r#"call.connect([#{type: "phone", params: #{to_number: "+15551234567", from_number: "+15559876543",
        timeout: 30}}, #{type: "sip", params: #{to: "sip:a@example.com", from: "sip:b@example.com"}}],
        #{ringback: "ring:us", tag: "t1", max_duration: 600, max_price_per_minute: 0.5, status_url:
        "https://example.com/s"});"#,
    "call.disconnect();",
    r#"call.send_digits("1234#", #{control_id: "c-digits"});"#,
    r#"call.detect(#{type: "machine", params: #{initial_timeout: 4.5}}, #{timeout: 30, control_id:
        "c-detect"});"#,
    r#"let action = call.detect_fax(#{control_id: "c-detect"}); action.stop();"#,
    r#"call.detect_digit("123", #{timeout: 10});"#,
    "call.detect_answering_machine(#{timeout: 20, initial_timeout: 4.5, end_silence_timeout: 1,
        machine_voice_threshold: 1.25, machine_words_threshold: 6, detect_interruptions: true,
        detect_message_end: true});",
    r#"call.detect_fax(#{tone: "CED", timeout: 10});"#,
    r#"call.refer(#{type: "sip", params: #{to: "sip:user@example.com"}}, #{status_url:
        "https://example.com/s"});"#,
    r#"call.pay(#{payment_connector_url: "https://example.com/connector", control_id: "c-pay",
        input_method: "dtmf", status_url: "https://example.com/s", payment_method: "credit-card", timeout:
        5, max_attempts: 3, security_code: true, postal_code: true, min_postal_code_length: 5, token_type:
        "one-time", charge_amount: parse_decimal("29.99"), currency: "USD", language: "en-US", voice:
        "woman", description: "Order 7", valid_card_types: "visa, mastercard amex", parameters: #{order: 7},
        prompts: [#{"for": "payment-card-number", actions: [#{type: "Say", phrase: "Card number please"}],
        attempts: 1, card_type: "visa", error_type: "timeout"}]});"#,
    r#"let action = call.pay("https://example.com/connector", #{control_id: "c-pay"}); action.stop();"#,
    r#"call.send_fax("https://example.com/d.pdf", #{identity: "+15551234567", header_info: "H", control_id:
        "c-sfax"});"#,
    r#"let action = call.send_fax("https://example.com/d.pdf", #{control_id: "c-sfax"}); action.stop();"#,
    r#"call.receive_fax(#{control_id: "c-rfax"});"#,
    r#"let action = call.receive_fax(#{control_id: "c-rfax"}); action.stop();"#,
    r#"call.tap(#{type: "audio", params: #{direction: "both"}}, #{type: "rtp", params: #{addr:
        "192.0.2.10", port: 5000, codec: "PCMU", ptime: 20}}, #{control_id: "c-tap"});"#,
    r#"let action = call.tap(#{type: "audio"}, #{type: "rtp", addr: "192.0.2.10", port: 5000},
        #{control_id: "c-tap"}); action.stop();"#,
    r#"call.stream("wss://example.com/audio", #{name: "n", codec: "PCMU", track: "inbound_track",
        status_url: "https://example.com/s", status_url_method: "POST", authorization_bearer_token: "tok",
        custom_parameters: #{a: "b"}, control_id: "c-stream"});"#,
    r#"let action = call.stream("wss://example.com/audio", #{control_id: "c-stream"}); action.stop();"#,
    r#"call.transfer("https://example.com/swml");"#,
    r#"call.join_conference("room", #{muted: false, beep: "onEnter", start_on_enter: true, end_on_exit:
        false, wait_url: "https://example.com/w", max_participants: 10, record: "record-from-start", region:
        "us", trim: "trim-silence", coach: "call-1", status_callback: "https://example.com/s",
        status_callback_event: ["join", "leave"], status_callback_event_type: "t", status_callback_method:
        "POST", recording_status_callback: "https://example.com/r", recording_status_callback_event:
        "completed", recording_status_callback_event_type: "t", recording_status_callback_method: "POST",
        stream_obj: #{url: "wss://example.com"}});"#,
    r#"call.leave_conference("conf-1");"#,
    "call.hold();",
    "call.unhold();",
    "call.denoise();",
    "call.denoise_stop();",
    r#"call.transcribe(#{status_url: "https://example.com/s", control_id: "c-tr"});"#,
    r#"let action = call.transcribe(#{control_id: "c-tr"}); action.stop();"#,
    r#"call.echo(#{timeout: 30, status_url: "https://example.com/s"});"#,
    r#"call.bind_digit("*1", "calling.play", #{bind_params: #{play: [TTS]}, realm: "r", max_triggers: 2});"#,
    r#"call.clear_digit_bindings(#{realm: "r"});"#,
    r#"call.live_transcribe(#{start: #{lang: "en-US"}});"#,
    r#"call.live_translate(#{start: #{from_lang: "en-US", to_lang: "es-ES"}}, #{status_url:
        "https://example.com/s"});"#,
    r#"call.join_room("room", #{status_url: "https://example.com/s"});"#,
    "call.leave_room();",
    r#"call.ai(#{agent: "ag", prompt: #{text: "You help."}, post_prompt: #{text: "Summarise."},
        post_prompt_url: "https://example.com/pp", post_prompt_auth_user: "u", post_prompt_auth_password:
        "pw", global_data: #{k: 1}, pronounce: [#{replace: "SW", "with": "SignalWire"}], hints: ["sales"],
        languages: [#{name: "English", code: "en-US", voice: "v"}], SWAIG: #{functions: []}, ai_params:
        #{end_of_speech_timeout: 3000}, control_id: "c-ai"});"#,
    r#"let action = call.ai(#{prompt: #{text: "You help."}, control_id: "c-ai"}); action.stop();"#,
    r#"call.amazon_bedrock(#{prompt: #{text: "You help."}, SWAIG: #{functions: []}, ai_params: #{x: 1},
        global_data: #{k: 1}, post_prompt: #{text: "Sum."}, post_prompt_url: "https://example.com/pp"});"#,
    r#"call.ai_message("hi", #{role: "system", reset: #{full_reset: true}, global_data: #{k: 2}});"#,
    r#"call.ai_hold(#{timeout: "30", prompt: "Hold on."});"#,
    r#"call.ai_unhold("Back.");"#,
    r#"call.user_event("order", #{order_id: "12345"});"#,
    r#"call.queue_enter("support", #{status_url: "https://example.com/s", control_id: "c-q"});"#,
    r#"call.queue_leave("support", #{queue_id: "q-1", status_url: "https://example.com/s", control_id:
        "c-q"});"#,
    r#"relay.send_message(#{context: "ctx", to_number: "+15552222222", from_number: "+15551111111", body:
        "Hello", media: ["https://example.com/i.jpg"], tags: ["vip"], region: "us"});"#,
    r#"relay.receive(["sales"]);"#,
    r#"relay.unreceive("sales");"#,
    r#"relay.dial(#{to: "+15551234567", from: "+15559876543", timeout: 30}, #{tag: "tag-1", max_duration:
        10});"#,
    "call.pass();",
    r#"call.hangup("busy");"#,
];
