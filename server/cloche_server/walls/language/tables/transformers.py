"""Models, tokenizers, configurations, outputs. Absent: from_pretrained, save_pretrained,
push_to_hub, adapters from paths, pipeline, and every name that fetches or runs
code. Classes of a model's own family need no rows: reading goes by the public base they derive
from."""

from __future__ import annotations

from .rows import Allow, Base, Field, Kind, Row, Settable

_GENERATION = """max_length max_new_tokens min_length min_new_tokens do_sample num_beams
    use_cache temperature top_k top_p min_p typical_p repetition_penalty length_penalty
    no_repeat_ngram_size num_return_sequences output_attentions output_hidden_states
    output_scores output_logits return_dict_in_generate guidance_scale"""
_TOKENS = "pad_token_id eos_token_id bos_token_id"
#: Public names that stand in annotations, in isinstance, and in blocks that a call leaves out.
_LOADERS = """AutoConfig AutoModel AutoModelForCausalLM AutoModelForMaskedLM AutoModelForSeq2SeqLM
    AutoModelForSequenceClassification AutoTokenizer"""
_FAMILIES = """GPT2LMHeadModel GPT2Model GPT2Tokenizer GPT2TokenizerFast GPT2Config
    GPTNeoXForCausalLM GPTNeoXModel GPTJForCausalLM OPTForCausalLM LlamaForCausalLM LlamaModel
    LlamaConfig MistralForCausalLM GemmaForCausalLM Gemma2ForCausalLM Gemma3ForCausalLM
    Phi3ForCausalLM Qwen2ForCausalLM Qwen3ForCausalLM GenerationMixin PretrainedConfig"""
#: Folder of a family -> how its classes begin. The families above, so that none is imported anew.
_PARTS = {
    "llama": "Llama",
    "mistral": "Mistral",
    "gemma": "Gemma",
    "gemma2": "Gemma2",
    "phi3": "Phi3",
    "qwen2": "Qwen2",
    "qwen3": "Qwen3",
}
_PARTS_NAMES = "Attention DecoderLayer ForCausalLM MLP Model RMSNorm"
_SPECIAL = """bos_token eos_token pad_token unk_token sep_token cls_token mask_token
    bos_token_id eos_token_id pad_token_id unk_token_id sep_token_id cls_token_id mask_token_id"""

ROWS: tuple[Row, ...] = (
    Allow("transformers", "__version__", why="which release runs"),
    Allow("transformers.pytorch_utils", "Conv1D", why="isinstance, annotations", as_type=True),
    Allow(
        "transformers:PreTrainedModel",
        """base_model can_generate device dtype get_decoder get_input_embeddings
        get_output_embeddings num_parameters set_input_embeddings set_output_embeddings
        gradient_checkpointing_disable enable_input_require_grads disable_input_require_grads
        get_encoder get_memory_footprint is_gradient_checkpointing resize_token_embeddings""",
        why="parts and facts of the model",
    ),
    Allow("transformers:PreTrainedModel", "set_attn_implementation", why="by name", adapted=True),
    Allow("transformers:GenerationMixin", "compute_transition_scores", why="arithmetic"),
    Allow("transformers:GenerationMixin", "generate", why="without code or paths", adapted=True),
    Allow("transformers", "PreTrainedModel", why="isinstance, annotations", as_type=True),
    *(
        Allow(
            f"transformers.models.{folder}.modeling_{folder}",
            " ".join(f"{begin}{name}" for name in _PARTS_NAMES.split()),
            why="isinstance, annotations",
            as_type=True,
            optional=True,
        )
        for folder, begin in _PARTS.items()
    ),
    Allow(
        "transformers.models.gpt2.modeling_gpt2",
        "GPT2Attention GPT2Block GPT2LMHeadModel GPT2MLP GPT2Model",
        why="isinstance, annotations",
        as_type=True,
        optional=True,
    ),
    Allow(
        "transformers.models.gpt_neox.modeling_gpt_neox",
        "GPTNeoXAttention GPTNeoXForCausalLM GPTNeoXLayer GPTNeoXMLP GPTNeoXModel",
        why="isinstance, annotations",
        as_type=True,
        optional=True,
    ),
    Allow(
        "transformers.modeling_outputs",
        """BaseModelOutput BaseModelOutputWithPast CausalLMOutput CausalLMOutputWithPast
        CausalLMOutputWithCrossAttentions""",
        why="isinstance, annotations",
        as_type=True,
        optional=True,
    ),
    Allow("transformers.utils", "ModelOutput", why="isinstance, annotations", as_type=True),
    Allow("transformers", _LOADERS, why="annotations; what loads is refused", as_type=True),
    Allow("transformers", _FAMILIES, why="isinstance, annotations", as_type=True, optional=True),
    Allow(
        "transformers",
        "PreTrainedTokenizerBase PreTrainedTokenizer PreTrainedTokenizerFast BatchEncoding",
        why="annotations",
        as_type=True,
    ),
    Allow(
        "transformers:PreTrainedTokenizerBase",
        """__call__ __len__ add_special_tokens add_tokens all_special_ids all_special_tokens
        batch_decode convert_ids_to_tokens convert_tokens_to_ids decode encode get_vocab
        tokenize special_tokens_map num_special_tokens_to_add convert_tokens_to_string
        get_special_tokens_mask max_len_sentences_pair max_len_single_sentence
        pad_token_type_id vocab_size""",
        why="text to ids and back",
        pure=True,
    ),
    Allow(
        "transformers:PreTrainedTokenizerFast",
        """__len__ convert_ids_to_tokens convert_tokens_to_ids convert_tokens_to_string
        get_vocab is_fast vocab_size num_special_tokens_to_add added_tokens_encoder tokenize
        add_bos_token add_eos_token get_added_vocab vocab""",
        why="text to ids and back",
        pure=True,
        optional=True,
    ),
    Allow(
        "transformers:PreTrainedTokenizerBase",
        "pad",
        why="rows of ids to one batch, under ordinary names",
        adapted=True,
    ),
    Allow(
        "transformers:PreTrainedTokenizerBase",
        "apply_chat_template",
        why="only the model's own template",
        adapted=True,
    ),
    Field(
        "transformers:PreTrainedTokenizerBase",
        f"""padding_side truncation_side model_max_length vocab_size is_fast chat_template
        {_SPECIAL}""",
        why="plain data; the template may be read, never set",
    ),
    Kind("transformers:PreTrainedTokenizerBase", why="text to ids", called=True),
    Settable(
        "transformers:PreTrainedTokenizerBase",
        "padding_side truncation_side",
        check="side",
        why="a side",
    ),
    Settable(
        "transformers:PreTrainedTokenizerBase",
        "pad_token eos_token bos_token unk_token",
        check="text",
        why="a token's text",
    ),
    Settable("transformers:PreTrainedTokenizerBase", _TOKENS, check="number", why="a token's id"),
    # `data` is absent: numpy would take a key in it for the address of memory.
    Allow(
        "transformers:BatchEncoding",
        """items keys to tokens values word_ids token_to_chars char_to_token sequence_ids
    n_sequences __getitem__ char_to_word is_fast token_to_sequence token_to_word word_to_chars
    word_to_tokens""",
        why="tensors and ids",
    ),
    Allow("collections:UserDict", "get __len__ __contains__ __iter__", why="tensors and ids"),
    Field(
        "transformers:BatchEncoding",
        """input_ids attention_mask token_type_ids special_tokens_mask offset_mapping length
        overflow_to_sample_mapping labels position_ids""",
        why="tensors and ids",
    ),
    Kind("transformers:BatchEncoding", why="tensors and ids", keys=True),
    Kind("transformers:PreTrainedConfig", why="plain data", data=True),
    Allow(
        "transformers:PreTrainedConfig",
        """get_text_config num_labels output_attentions to_dict to_diff_dict to_json_string
        use_return_dict""",
        why="plain data",
    ),
    Allow("transformers:PreTrainedConfig", "rope_scaling torch_dtype", why="data", optional=True),
    Allow("transformers", "PreTrainedConfig", why="annotations", as_type=True),
    Settable(
        "transformers:PreTrainedConfig",
        f"use_cache output_attentions output_hidden_states return_dict {_TOKENS}",
        check="number",
        why="flags and ids",
    ),
    Settable("transformers:PreTrainedConfig", "*", check="setting", why="numbers by numbers"),
    Allow("transformers", "GenerationConfig", why="numbers only", adapted=True),
    Allow("transformers:GenerationConfig", "to_dict", why="plain data"),
    Kind("transformers:GenerationConfig", why="plain data", data=True),
    Settable("transformers:GenerationConfig", _GENERATION, check="number", why="numbers"),
    Settable("transformers:GenerationConfig", _TOKENS, check="ids", why="token ids"),
    Kind("transformers.utils:ModelOutput", why="tensors", data=True, keys=True),
    Settable("transformers.utils:ModelOutput", "*", check="field", why="its own fields"),
    Allow("transformers.utils:ModelOutput", "to_tuple keys values items get", why="tensors"),
    Allow(
        "transformers.utils:ModelOutput",
        "cache_params past_key_values",
        why="the cache by its older names, properties since 5.24",
        optional=True,
    ),
    Allow("transformers", "DynamicCache", why="keys and values of attention"),
    Allow(
        "transformers:Cache",
        """batch_repeat_interleave batch_select_indices crop get_seq_length is_initialized
        is_sliding reorder_cache reset update""",
        why="keys and values of attention",
        optional=True,
    ),
    Kind("transformers:Cache", why="keys and values of attention", data=True),
    Allow("transformers.cache_utils:CacheLayerMixin", "get_seq_length", why="a number"),
    Kind("transformers.cache_utils:CacheLayerMixin", why="tensors", data=True),
    Settable(
        "transformers.cache_utils:CacheLayerMixin",
        "keys values",
        check="cached",
        why="a layer's tensors, by others that fit",
    ),
    Allow("transformers", "Cache", why="annotations", as_type=True),
    Allow("transformers.cache_utils", "DynamicCache", why="the same by its other name"),
    Allow("transformers.cache_utils", "Cache", why="annotations", as_type=True),
    Allow(
        "transformers",
        """EncoderRepetitionPenaltyLogitsProcessor EosTokenCriteria EpsilonLogitsWarper
        EtaLogitsWarper ExponentialDecayLengthPenalty ForcedBOSTokenLogitsProcessor
        ForcedEOSTokenLogitsProcessor InfNanRemoveLogitsProcessor LogitNormalization
        LogitsProcessorList MaxLengthCriteria MaxTimeCriteria MinLengthLogitsProcessor
        MinNewTokensLengthLogitsProcessor MinPLogitsWarper NoBadWordsLogitsProcessor
        NoRepeatNGramLogitsProcessor PrefixConstrainedLogitsProcessor
        RepetitionPenaltyLogitsProcessor SequenceBiasLogitsProcessor StoppingCriteriaList
        SuppressTokensAtBeginLogitsProcessor SuppressTokensLogitsProcessor
        TemperatureLogitsWarper TopKLogitsWarper TopPLogitsWarper TypicalLogitsWarper""",
        why="sampling",
    ),
    Allow("transformers", "LogitsProcessor StoppingCriteria", why="bases"),
    Base("transformers:LogitsProcessor", why="own sampling"),
    Base("transformers:StoppingCriteria", why="own sampling"),
    Allow("transformers:LogitsProcessor", "__call__", why="own sampling"),
    Allow("transformers:StoppingCriteria", "__call__", why="own sampling"),
    Kind("transformers:LogitsProcessor", why="sampling", called=True),
    Kind("transformers:LogitsProcessorList", why="sampling", called=True),
    Kind("transformers:StoppingCriteria", why="sampling", called=True),
    Kind("transformers:StoppingCriteriaList", why="sampling", called=True),
    Allow(
        "transformers",
        """get_constant_schedule get_constant_schedule_with_warmup
        get_cosine_schedule_with_warmup get_linear_schedule_with_warmup""",
        why="learning rates",
    ),
    Allow("transformers", "set_seed", why="random numbers", pure=True),
)
