"""What `generate` and GenerationConfig take: each field of a configuration, with the reason.

Absent: every name that a loader, a compiler or another model is found by.
"""

from __future__ import annotations

from typing import Final

from .rows import words

#: Numbers, flags, texts to stop at, and lists of token ids: arithmetic on logits and lengths.
_NUMBERS: Final = """
max_length max_new_tokens min_length min_new_tokens early_stopping max_time do_sample num_beams
use_cache temperature top_k top_p min_p top_h typical_p epsilon_cutoff eta_cutoff
repetition_penalty encoder_repetition_penalty length_penalty no_repeat_ngram_size bad_words_ids
encoder_no_repeat_ngram_size renormalize_logits forced_bos_token_id forced_eos_token_id
remove_invalid_values exponential_decay_length_penalty suppress_tokens begin_suppress_tokens
guidance_scale num_return_sequences output_attentions output_hidden_states output_scores
output_logits return_dict_in_generate pad_token_id bos_token_id eos_token_id
decoder_start_token_id diversity_penalty num_beam_groups stop_strings low_memory max_cache_len
"""
#: Speculation by the prompt's own n-grams: no other model.
_PROMPT_LOOKUP: Final = "prompt_lookup_num_tokens max_matching_ngram_size"
#: Biases by sequences of token ids; its keys are looked at by themselves.
_BIASES: Final = "sequence_bias"
#: Already so, whatever is given.
_NO_EFFECT: Final = "disable_compile"

#: Fields whose text chooses what is made: kinds of caches that live in memory.
GENERATION_TEXTS: Final = {"cache_implementation": frozenset({"dynamic", "static"})}

GENERATION_FIELDS: Final = frozenset(
    (*words(f"{_NUMBERS} {_PROMPT_LOOKUP} {_BIASES} {_NO_EFFECT}"), *GENERATION_TEXTS)
)

_COMPILES: Final = ("it chooses what is compiled", "leave it out: nothing is compiled here")
_ELSEWHERE: Final = (
    "transformers fetches its code from a hub",
    "write the search as a loop over model(...), or as a logits processor of your own",
)
_MODEL: Final = (
    "it is about another model that speculates",
    "prompt_lookup_num_tokens=n speculates without one",
)
_LOADER: Final = (
    "it names code or files",
    "pass a logits processor, a stopping criterion or a cache of your own",
)

#: Refused fields and arguments: why, and what to write instead.
REFUSED_GENERATION_FIELDS: Final[dict[str, tuple[str, str]]] = {
    **dict.fromkeys(words("compile_config prefill_chunk_size"), _COMPILES),
    **dict.fromkeys(words("penalty_alpha dola_layers constraints force_words_ids"), _ELSEWHERE),
    **dict.fromkeys(
        words(
            """
assistant_model assistant_tokenizer assistant_confidence_threshold assistant_early_exit
assistant_ensemble_weight assistant_lookbehind is_assistant num_assistant_tokens
num_assistant_tokens_schedule target_lookbehind speculation_type use_mtp
"""
        ),
        _MODEL,
    ),
    **dict.fromkeys(words("custom_generate trust_remote_code"), _LOADER),
    "cache_config": ("it chooses a library that quantises", "cache_implementation='static'"),
    "continuous_batching_config": ("it starts a server", "call generate with a batch"),
    "watermarking_config": ("it imports by name", "a logits processor of your own"),
    "token_healing": ("it looks its tokenizer up by name", "end the prompt at a token's border"),
    "transformers_version": ("it says who saved the configuration", "leave it out"),
    "synced_gpus": ("it is for several processes", "leave it out"),
}
