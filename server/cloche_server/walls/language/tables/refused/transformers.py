"""transformers. Its thousands of model classes are refused by the shape of their names."""

from __future__ import annotations

from ..rows import Refusal, Refused, RefusedPattern, words
from . import reasons as why

_GIVEN = "the model and the tokenizer are passed as arguments"

_PARTS = "write its arithmetic out, or read the modules of the model that you are given"
_FAMILIES = ("llama", "mistral", "gemma", "gemma2", "phi3", "qwen2", "qwen3", "gpt2", "gpt_neox")

_MODULE: tuple[Refusal, ...] = (
    RefusedPattern("transformers.models", "*", why.INTERNALS, _PARTS),
    *(
        RefusedPattern(f"transformers.models.{folder}", "*", why.INTERNALS, _PARTS)
        for folder in _FAMILIES
    ),
    *(
        RefusedPattern(
            f"transformers.models.{folder}.modeling_{folder}", "*", why.INTERNALS, _PARTS
        )
        for folder in _FAMILIES
    ),
    RefusedPattern("transformers.modeling_outputs", "*", why.INTERNALS, "a class of your own"),
    RefusedPattern("transformers.utils", "*", why.INTERNALS, _GIVEN),
    RefusedPattern("transformers.utils.logging", "*", why.STATE, "logging.getLogger(name)"),
    RefusedPattern("transformers.generation", "*", why.INTERNALS, "the same name of transformers"),
    RefusedPattern(
        "transformers.generation.streamers",
        "*",
        why.PROCESSES,
        "a class with put(self, value) and end(self)",
    ),
    RefusedPattern("transformers.cache_utils", "*", why.INTERNALS, "transformers.DynamicCache"),
    Refused(
        "transformers",
        """SynthIDTextWatermarkDetector WatermarkDetector RagRetriever Trainer TrainingArguments
        Seq2SeqTrainer Seq2SeqTrainingArguments HfArgumentParser""",
        why.FILES,
        "write the loop with torch.optim",
    ),
    Refused(
        "transformers",
        """AttentionInterface AttentionMaskInterface DummyObject kernelize requires_backends
        add_end_docstrings add_start_docstrings dynamic_rope_update
        convert_and_export_with_cache TorchExportableModuleWithStaticCache
        model_addition_debugger_context""",
        why.STATE,
        "hooks reach what happens inside",
        optional=True,
    ),
    Refused(
        "transformers",
        "pipeline pipelines ContinuousBatchingManager enable_full_determinism",
        why.CODE,
        "model.generate, or the model itself",
    ),
    Refused("transformers", "TextDiffusionStreamer", why.PRINTS, "transformers.TextStreamer"),
    Refused(
        "transformers",
        "TextIteratorStreamer AsyncTextIteratorStreamer",
        why.PROCESSES,
        "a class with put(self, value) and end(self)",
    ),
    Refused(
        "transformers",
        "StaticCache QuantizedCache EncoderDecoderCache",
        why.UNASKED,
        "transformers.DynamicCache",
    ),
    Refused(
        "transformers",
        """TopHLogitsWarper StopStringCriteria StableAndConfidentStoppingCriteria
        EntropyBoundSampler WatermarkLogitsProcessor SynthIDTextWatermarkLogitsProcessor
        UnbatchedClassifierFreeGuidanceLogitsProcessor ClassifierFreeGuidanceLogitsProcessor
        AlternatingCodebooksLogitsProcessor EncoderNoRepeatNGramLogitsProcessor
        LinearTemperatureScheduleLogitsProcessor WhisperTimeStampLogitsProcessor""",
        why.UNASKED,
        "a class of your own, from transformers.LogitsProcessor or StoppingCriteria",
        optional=True,
    ),
    Refused(
        "transformers",
        """GreedyLR get_cosine_with_hard_restarts_schedule_with_warmup
        get_cosine_with_min_lr_schedule_with_warmup
        get_cosine_with_min_lr_schedule_with_warmup_lr_rate get_greedy_schedule
        get_inverse_sqrt_schedule get_polynomial_decay_schedule_with_warmup
        get_reduce_on_plateau_schedule get_scheduler get_wsd_schedule Adafactor""",
        why.UNASKED,
        "torch.optim.lr_scheduler",
        optional=True,
    ),
    Refused(
        "transformers",
        """AddedToken BatchFeature CharSpan Chunk Concatenate Conv1D ConversionOps DataCollator
        DataCollatorWithFlattening DefaultDataCollator EvalPrediction
        GroupWeightRename IntervalStrategy MergeModulelist RopeParameters SchedulerType
        SplitModulelist TensorType TokenSpan WeightConverter apply_chunking_to_forward cli
        convert_slow_tokenizer convert_slow_tokenizers_checkpoints_to_fast decision
        get_values torch_distributed_zero_first
        dependency_versions_check dependency_versions_table""",
        why.INTERNALS,
        optional=True,
    ),
    # Its lazy module answers these; nothing is imported to know what they are.
    RefusedPattern("transformers", "*.*", "not a name, but a path to a file", _GIVEN),
    *(
        Refused(f"transformers:{name}", "from_pretrained", why.NETWORK, _GIVEN)
        for name in words(
            """AutoConfig AutoModel AutoModelForCausalLM AutoModelForMaskedLM
            AutoModelForSeq2SeqLM AutoModelForSequenceClassification AutoTokenizer"""
        )
    ),
    RefusedPattern("transformers", "Auto*", why.NETWORK, _GIVEN),
    RefusedPattern(
        "transformers",
        "*Config *Tokenizer* *Processor *ImageProcessor* *FeatureExtractor* "
        "*ProcessorWithLM *Backend",
        why.FILES,
        _GIVEN,
    ),
    RefusedPattern(
        "transformers",
        """*For* *Model *Backbone* *Encoder *Decoder *Mixin *PreTrained* *Pretrained* *Layer
        *Vision* *WithProjection *LMHead* *HifiGan *VQVAE *InferenceSession *Router *MLP
        *Attention *Head *Block *Patcher *Codebook *Bridge *Module *SVTR *RMSNorm *Adapter
        *Cache *Code2Wav *ReadingOrder *Reader *_V3""",
        "it is made only by loading a model",
        _GIVEN,
    ),
    RefusedPattern("transformers", "*Output", why.INTERNALS, "call the model"),
    RefusedPattern(
        "transformers", "*_MAP *_MAPPING* *_NAME *_FUNCTIONS *_CONVERTERS *_UNDERLINE", why.VIEWS
    ),
    RefusedPattern("transformers", "*Callback Trainer* *Kwargs *Pipeline", why.INTERNALS),
    RefusedPattern("transformers", "is_*", "tells about the machine", "try it"),
    RefusedPattern(
        "transformers",
        """*_utils *_utils_* activations core_model_loading data distributed exporters
        generation hf_argparser hyperparameter_search image_transforms integrations loss
        modeling_* models optimization pipelines quantizers tokenization_* trainer trainer_*
        training_* utils""",
        "a module without rows",
        "import what you need from transformers itself",
    ),
)

_MODEL: tuple[Refusal, ...] = (
    Refused(
        "transformers.pytorch_utils",
        """ALL_LAYERNORM_LAYERS apply_chunking_to_forward id_tensor_storage meshgrid move_to_device
        prune_linear_layer softmax_backward_data""",
        why.INTERNALS,
        "torch's own functions",
        optional=True,
    ),
    RefusedPattern(
        "transformers.pytorch_utils", "is_*", "tells about the machine", "torch.__version__"
    ),
    Refused(
        "transformers:PreTrainedModel",
        "from_pretrained push_to_hub save_pretrained register_for_auto_class",
        why.FILES,
        "state_dict() can be returned",
    ),
    Refused(
        "transformers:PreTrainedModel",
        """get_compiled_call get_correct_attn_implementation get_correct_experts_implementation
        get_experts_implementation set_experts_implementation set_use_kernels use_kernels
        is_custom_code is_remote_code is_backend_compatible loss_function""",
        why.CODE,
        "set_attn_implementation('eager') or ('sdpa')",
        optional=True,
    ),
    Refused(
        "transformers:PreTrainedModel",
        """activation_checkpointing_disable activation_checkpointing_enable
        gradient_checkpointing_enable is_activation_checkpointing""",
        why.HOOKS,
        "smaller batches",
        optional=True,
    ),
    Refused(
        "transformers:PreTrainedModel",
        """add_model_tags can_record_outputs dequantize dummy_inputs fsdp_size
        generation_config_class get_expanded_tied_weights_keys get_init_context
        get_parameter_or_buffer get_position_embeddings init_weights initialize_weights
        mark_tied_weights_as_initialized named_non_persistent_buffers post_init
        resize_position_embeddings retrieve_modules_from_names set_decoder set_encoder
        supports_context_parallel supports_pp_plan supports_tp_plan tie_weights tp_size
        warn_if_padding_and_no_attention_mask""",
        why.INTERNALS,
        optional=True,
    ),
    Refused(
        "transformers:PreTrainedModel",
        """barrier_after_gathered_checkpoint_save ep_plan fsdp_plan
        gather_sharded_state_dict_for_save init_parallel_plans
        is_distributed_loading_by_transformers maybe_distribute_model pp_plan
        prepare_distribute_model save_distributed_checkpoint should_save_on_this_rank tp_plan""",
        why.PROCESSES,
        optional=True,
    ),
    Refused(
        "transformers:PreTrainedModel",
        """active_adapters add_adapter delete_adapter disable_adapters enable_adapters
        enable_peft_hotswap get_adapter_state_dict load_adapter set_adapter""",
        why.FILES,
        "edit the weights, or replace the layer",
        optional=True,
    ),
    Refused(
        "transformers:GenerationMixin",
        "load_custom_generate",
        why.CODE,
        "logits_processor= and stopping_criteria= of generate",
    ),
    Refused(
        "transformers:GenerationMixin",
        """adjust_generation_fn heal_tokens output_modalities prepare_inputs_for_generation
        continuous_batching_context_manager destroy_cached_continuous_batching_manager
        generate_batch init_continuous_batching""",
        why.INTERNALS,
        "generate, or calls of the model",
        optional=True,
    ),
)

_TOKENIZER: tuple[Refusal, ...] = (
    Refused(
        "transformers:PreTrainedTokenizerBase",
        """from_pretrained push_to_hub register_for_auto_class save_chat_templates
        save_pretrained save_vocabulary pretrained_vocab_files_map vocab_files_names""",
        why.FILES,
        "get_vocab() can be returned",
    ),
    Refused(
        "transformers:PreTrainedTokenizerBase",
        "encode_message_with_chat_template get_chat_template get_response_parser parse_response",
        "templates and parsers walk attributes",
        "apply_chat_template(messages)",
        optional=True,
    ),
    Refused(
        "transformers:PreTrainedTokenizerBase",
        "SPECIAL_TOKENS_ATTRIBUTES model_input_names added_tokens_decoder",
        why.VIEWS,
        "all_special_tokens, get_added_vocab()",
    ),
    Refused(
        "transformers:PreTrainedTokenizerBase",
        "clean_up_tokenization convert_added_tokens convert_to_native_format slow_tokenizer_class",
        why.INTERNALS,
        optional=True,
    ),
    Refused(
        "transformers:PreTrainedTokenizerFast",
        "added_tokens_decoder backend_tokenizer decoder model",
        why.VIEWS,
        "get_vocab(), encode, decode",
        optional=True,
    ),
    Refused(
        "transformers:PreTrainedTokenizerFast",
        "can_save_slow_tokenizer save_pretrained save_vocabulary vocab_files_names",
        why.FILES,
        optional=True,
    ),
    Refused(
        "transformers:PreTrainedTokenizerFast",
        """convert_to_native_format set_truncation_and_padding train_new_from_iterator
        update_post_processor""",
        why.INTERNALS,
        optional=True,
    ),
    Refused(
        "transformers:PreTrainedTokenizer",
        """added_tokens_decoder added_tokens_encoder build_inputs_with_special_tokens
        create_token_type_ids_from_sequences get_added_vocab
        is_fast prepare_for_model prepare_for_tokenization save_vocabulary
        truncate_sequences""",
        "tokenizers written in Python are not loaded here",
        optional=True,
    ),
)

_DATA: tuple[Refusal, ...] = (
    Refused("transformers:BatchEncoding", "encodings", why.VIEWS, "word_ids(), token_to_chars()"),
    Refused(
        "transformers:BatchEncoding",
        "convert_to_tensors",
        "it imports what it is told",
        'return_tensors="pt"',
    ),
    Refused("collections:UserDict", "copy fromkeys", why.UNASKED, "dict(x)"),
    Refused(
        "transformers:PreTrainedConfig",
        """from_dict from_json_file from_pretrained get_config_dict push_to_hub
        register_for_auto_class save_pretrained to_json_file""",
        why.FILES,
        "to_dict() can be returned",
    ),
    Refused(
        "transformers:PreTrainedConfig",
        "name_or_path",
        "it names a place on the server's disk",
        "model.name_or_path",
    ),
    Refused(
        "transformers:PreTrainedConfig",
        "update update_from_string attribute_map",
        why.BY_NAME,
        "set the option by name",
    ),
    Refused(
        "transformers:PreTrainedConfig", "is_custom_code is_remote_code", why.CODE, optional=True
    ),
    Refused(
        "transformers:PreTrainedConfig",
        """base_model_fsdp_plan default_config_fields dict_dtype_to_str get_mtp_config
        sub_configs sub_configs_defaults validate validate_architecture validate_layer_type
        validate_output_attentions validate_token_ids convert_rope_params_to_dict
        ignore_keys_at_rope_validation nested_rope_parameter_keys standardize_rope_params
        validate_rope allow_global_per_layer_attribute_access is_heterogeneous
        per_layer_attributes per_layer_config serialize_explicit_per_layer_config""",
        why.INTERNALS,
        "to_dict()",
        optional=True,
    ),
    Refused(
        "transformers:GenerationConfig",
        "from_dict from_model_config from_pretrained save_pretrained to_json_file",
        why.FILES,
        "transformers.GenerationConfig(...)",
    ),
    Refused("transformers:GenerationConfig", "update", why.BY_NAME, "set the option by name"),
    Refused(
        "transformers:GenerationConfig",
        "dict_dtype_to_str get_generation_mode to_diff_dict to_json_string validate",
        why.INTERNALS,
        "to_dict()",
    ),
    Refused(
        "transformers:Cache",
        """activate_past_recording batch_size early_initialization get_conv_state get_mask_sizes
        get_max_length get_query_offset get_recurrent_state has_previous_state is_compileable
        is_croppable is_dummy is_linear is_recording_past offload prefetch update_conv_state
        update_indexer update_recurrent_state get_max_cache_shape max_batch_size max_cache_len""",
        why.INTERNALS,
        "get_seq_length(), and keys and values of each layer",
        optional=True,
    ),
    Refused(
        "transformers.cache_utils:CacheLayerMixin",
        """get_mask_sizes get_max_length lazy_initialization offload prefetch reorder_cache
        reset update get_max_cache_shape""",
        why.INTERNALS,
        "the methods of the cache itself",
        optional=True,
    ),
    Refused(
        "transformers.cache_utils:DynamicLayer",
        "batch_repeat_interleave batch_select_indices crop",
        why.INTERNALS,
        "the methods of the cache itself",
        optional=True,
    ),
    Refused(
        "transformers.cache_utils:DynamicSlidingWindowLayer",
        "activate_past_recording crop",
        why.INTERNALS,
        "the methods of the cache itself",
        optional=True,
    ),
    Refused("transformers.utils.hub:PushToHubMixin", "push_to_hub", why.NETWORK),
    Refused("transformers:StoppingCriteriaList", "max_length", why.INTERNALS),
    Refused("transformers:SuppressTokensAtBeginLogitsProcessor", "set_begin_index", why.INTERNALS),
    Refused(
        "transformers:LogitsProcessor", "supports_continuous_batching", why.INTERNALS, optional=True
    ),
)

REFUSALS: tuple[Refusal, ...] = (*_MODULE, *_MODEL, *_TOKENIZER, *_DATA)
