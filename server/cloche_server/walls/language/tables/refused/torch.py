"""torch's functions, by reason. What is not to be had under any name comes first."""

from __future__ import annotations

from ..rows import Refusal, Refused, RefusedPattern
from . import reasons as why

_METHOD = "call the tensor's own method: x.relu_()"
_FUNCTIONAL = "torch.nn.functional has it"

_TORCH: tuple[Refusal, ...] = (
    Refused(
        "torch.utils",
        """ThroughputBenchmark cmake_prefix_path generate_methods_for_privateuse1_backend
        get_cpp_backtrace rename_privateuse1_backend set_module swap_tensors""",
        why.INTERNALS,
        "torch.utils.data",
        optional=True,
    ),
    Refused(
        "torch.utils.data",
        """DistributedSampler WorkerInfo get_worker_info DFIterDataPipe DataChunk IterDataPipe
        MapDataPipe argument_validation runtime_validation
        runtime_validation_disabled guaranteed_datapipes_determinism non_deterministic
        functional_datapipe communication""",
        why.PROCESSES,
        "DataLoader(dataset, batch_size=n)",
        optional=True,
    ),
    Refused(
        "torch.utils.data",
        "ChainDataset StackDataset default_convert",
        why.UNASKED,
        "a Dataset of your own",
        optional=True,
    ),
    Refused(
        "torch",
        "from_file get_file_path load save PyTorchFileReader PyTorchFileWriter",
        why.FILES,
        "pass tensors as arguments and return them",
    ),
    Refused("torch", "hub", why.NETWORK, "pass tensors as arguments", optional=True),
    Refused(
        "torch",
        """compile cond import_ir_module import_ir_module_from_buffer
        merge_type_from_type_comment parse_ir parse_schema parse_type_comment while_loop
        FileCheck LiteScriptModule CompilationUnit""",
        why.CODE,
        "write plain Python: a loop, an if",
    ),
    Refused(
        "torch",
        "use_deterministic_algorithms set_deterministic_debug_mode",
        why.STATE,
        "torch.manual_seed(n) gives the same random numbers each time; leave this out",
    ),
    Refused(
        "torch",
        """classes compiler export fx jit library onnx ops package""",
        why.CODE,
        "write plain Python: a loop, an if",
        optional=True,
    ),
    Refused(
        "torch",
        """fork wait init_num_threads set_num_interop_threads set_num_threads
        get_num_interop_threads prepare_multiprocessing_environment Event Future Stream
        thread_safe_generator""",
        why.PROCESSES,
        "batch the work in tensors",
    ),
    Refused(
        "torch",
        "distributed futures multiprocessing threading",
        why.PROCESSES,
        "batch the work in tensors",
        optional=True,
    ),
    Refused(
        "torch",
        """as_strided as_strided_ as_strided_copy as_strided_scatter empty_permuted
        empty_strided from_dlpack frombuffer is_storage resize_as_ to_dlpack BFloat16Storage
        BoolStorage ByteStorage CharStorage ComplexDoubleStorage ComplexFloatStorage
        DoubleStorage FloatStorage HalfStorage IntStorage LongStorage QInt32Storage
        QInt8Storage QUInt2x4Storage QUInt4x2Storage QUInt8Storage ShortStorage Storage
        StorageBase TypedStorage UntypedStorage""",
        why.MEMORY,
        "views, unfold and clone work within a tensor's own elements",
    ),
    Refused(
        "torch",
        """batch_norm_backward_elemt batch_norm_backward_reduce batch_norm_elemt
        batch_norm_gather_stats batch_norm_gather_stats_with_counts batch_norm_stats
        batch_norm_update_stats ctc_loss embedding embedding_bag embedding_renorm_ geqrf
        grid_sampler grid_sampler_2d grid_sampler_3d gru gru_cell lstm lstm_cell max_pool1d
        max_pool1d_with_indices max_pool2d max_pool3d native_batch_norm native_channel_shuffle
        native_dropout native_group_norm native_layer_norm native_norm nonzero_static
        norm_except_dim orgqr ormqr rnn_relu rnn_relu_cell rnn_tanh rnn_tanh_cell
        segment_reduce slice_inverse sym_constrain_range sym_constrain_range_for_size
        unsafe_chunk unsafe_split unsafe_split_with_sizes""",
        why.KERNELS,
        "the layers of torch.nn and the functions of torch.nn.functional check first",
    ),
    Refused(
        "torch",
        """ccol_indices_copy col_indices_copy crow_indices_copy dsmm hsmm hspmm indices_copy
        resize_as_sparse_ row_indices_copy saddmm smm sparse_bsc sparse_bsc_tensor sparse_bsr
        sparse_bsr_tensor sparse_compressed_tensor sparse_coo sparse_coo_tensor sparse_csc
        sparse_csc_tensor sparse_csr sparse_csr_tensor spmm sspaddmm values_copy jagged""",
        why.SPARSE,
        "use a dense tensor with index_add or scatter_add",
    ),
    Refused(
        "torch",
        """choose_qparams_optimized dequantize empty_quantized fake_quantize_per_channel_affine
        fake_quantize_per_tensor_affine fbgemm_linear_fp16_weight
        fbgemm_linear_fp16_weight_fp32_activation fbgemm_linear_int8_weight
        fbgemm_linear_int8_weight_fp32_activation fbgemm_linear_quantize_weight
        fbgemm_pack_gemm_matrix_fp16 fbgemm_pack_quantized_matrix
        fused_moving_avg_obs_fake_quant int_repr per_channel_affine
        per_channel_affine_float_qparams per_channel_symmetric per_tensor_affine
        per_tensor_symmetric q_per_channel_axis q_per_channel_scales q_per_channel_zero_points
        q_scale q_zero_point qint32 qint8 qscheme quantize_per_channel quantize_per_tensor
        quantize_per_tensor_dynamic quantized_batch_norm quantized_gru quantized_gru_cell
        quantized_lstm quantized_lstm_cell quantized_max_pool1d quantized_max_pool2d
        quantized_max_pool3d quantized_rnn_relu_cell quantized_rnn_tanh_cell quint2x4 quint4x2
        quint8""",
        why.QUANTIZED,
        "round and clamp a float tensor",
    ),
    Refused(
        "torch",
        """autocast_decrement_nesting autocast_increment_nesting clear_autocast_cache
        set_anomaly_enabled set_autocast_cache_enabled set_autocast_cpu_dtype
        set_autocast_cpu_enabled set_autocast_dtype set_autocast_enabled set_autocast_gpu_dtype
        set_autocast_ipu_dtype set_autocast_ipu_enabled set_autocast_xla_dtype
        set_autocast_xla_enabled set_default_device set_default_tensor_type set_flush_denormal
        set_warn_always default_generator DisableTorchFunction DisableTorchFunctionSubclass
        ExcludeDispatchKeyGuard""",
        why.STATE,
        "torch.autocast(...), set_default_dtype, and device= where a tensor is made",
    ),
    Refused("torch", "typename get_device_module", why.BY_NAME, "type(x).__name__"),
    Refused("torch", "ParameterDict BufferDict", why.BY_NAME, "torch.nn.ModuleDict"),
    Refused(
        "torch",
        """AggregationType AliasDb AnyType Argument ArgumentSpec AwaitType BenchmarkConfig
        BenchmarkExecutionStats Block BoolType CallStack Capsule ClassType Code
        CompleteArgumentSpec ComplexType ConcreteModuleType ConcreteModuleTypeBuilder
        DeepCopyMemoTable DeserializationStorageContext DeviceObjType DictType DispatchKey
        DispatchKeySet EnumType ErrorReport ExecutionPlan FloatType FunctionSchema FutureType
        Gradient Graph GraphExecutorState IODescriptor InferredType IntType InterfaceType
        ListType LockingLogger LoggerBase ModuleDict Node NoneType NoopLogger NumberType
        OperatorInfo OptionalType PyObjectType RRefType ScriptClass ScriptClassFunction
        ScriptDict ScriptDictIterator ScriptDictKeyIterator ScriptFunction ScriptList
        ScriptListIterator ScriptMethod ScriptModule ScriptModuleSerializer ScriptObject
        ScriptObjectProperty SerializationStorageContext StaticModule StreamObjType StringType
        SymBoolType SymIntType Tag TensorType ThroughputBenchmark TracingState TupleType Type
        UnionType Use Value classproperty unify_type_list""",
        why.CODE,
    ),
    Refused(
        "torch",
        """SymBool SymFloat SymInt sym_float sym_fresh_size sym_int sym_ite sym_max sym_min
        sym_not sym_sqrt sym_sum AVG SUM PRIVATE_OPS USE_GLOBAL_DEPS
        USE_RTLD_GLOBAL_WITH_LIBTORCH TYPE_CHECKING legacy_contiguous_format has_lapack has_mkl
        has_openmp has_spectral compiled_with_cxx11_abi is_vulkan_available
        profiler_allow_cudagraph_cupti_lazy_reinit_cuda12""",
        why.INTERNALS,
    ),
    Refused(
        "torch",
        """alias_copy detach_copy diagonal_copy expand_copy narrow_copy permute_copy
        select_copy slice_copy split_copy split_with_sizes_copy squeeze_copy t_copy
        transpose_copy unbind_copy unfold_copy unsqueeze_copy view_as_complex_copy
        view_as_real_copy view_copy conj_physical conj_physical_""",
        why.INTERNALS,
        "the view and .clone()",
    ),
    Refused(
        "torch",
        """cudnn_affine_grid_generator cudnn_batch_norm cudnn_convolution
        cudnn_convolution_add_relu cudnn_convolution_relu cudnn_convolution_transpose
        cudnn_grid_sampler cudnn_is_acceptable miopen_batch_norm miopen_convolution
        miopen_convolution_add_relu miopen_convolution_relu miopen_convolution_transpose
        miopen_ctc_loss miopen_depthwise_convolution miopen_rnn mkldnn_adaptive_avg_pool2d
        mkldnn_convolution mkldnn_linear_backward_weights mkldnn_max_pool2d mkldnn_max_pool3d
        mkldnn_rnn_layer""",
        why.KERNELS,
        _FUNCTIONAL,
    ),
    Refused(
        "torch",
        """get_autocast_cpu_dtype get_autocast_gpu_dtype get_autocast_ipu_dtype
        get_autocast_xla_dtype is_autocast_cpu_enabled is_autocast_ipu_enabled
        is_autocast_xla_enabled is_autocast_cache_enabled""",
        why.DEVICES,
        "torch.is_autocast_enabled() and torch.get_autocast_dtype(device)",
    ),
    Refused(
        "torch",
        """eig lstsq matrix_rank solve symeig triangular_solve range frobenius_norm nuclear_norm
        chalf""",
        why.DEPRECATED,
        "torch.linalg has its successor; arange, that of range",
    ),
    # In place, as functions: the same as the method.
    Refused(
        "torch",
        """abs_ acos_ acosh_ addmv_ alpha_dropout_ arccos_ arccosh_ arcsin_ arcsinh_ arctan_
        arctanh_ asin_ asinh_ atan_ atanh_ ceil_ celu_ clamp_ clamp_max_ clamp_min_ clip_ cos_
        cosh_ deg2rad_ detach_ dropout_ erf_ erfc_ exp2_ exp_ expm1_ feature_alpha_dropout_
        feature_dropout_ fill_ fix_ floor_ frac_ gcd_ i0_ index_put_ lcm_ ldexp_ log10_ log1p_
        log2_ log_ logit_ nan_to_num_ neg_ negative_ rad2deg_ reciprocal_ relu_ round_ rrelu_
        rsqrt_ selu_ sigmoid_ sin_ sinc_ sinh_ sqrt_ square_ tan_ tanh_ threshold_ trunc_
        xlogy_ zero_""",
        why.UNASKED,
        _METHOD,
    ),
    Refused(
        "torch",
        """adaptive_avg_pool1d adaptive_max_pool1d affine_grid_generator alpha_dropout
        avg_pool1d batch_norm binary_cross_entropy_with_logits channel_shuffle constant_pad_nd
        conv1d conv2d conv3d conv_tbc conv_transpose1d conv_transpose2d conv_transpose3d
        convolution cosine_embedding_loss dropout feature_alpha_dropout feature_dropout
        group_norm hardshrink hinge_embedding_loss instance_norm kl_div layer_norm
        margin_ranking_loss pixel_shuffle pixel_unshuffle poisson_nll_loss prelu rms_norm rrelu
        threshold triplet_margin_loss""",
        why.UNASKED,
        _FUNCTIONAL,
    ),
    Refused(
        "torch",
        """bit bits16 bits1x8 bits2x4 bits4x2 bits8 complex32 float4_e2m1fn_x2 float8_e4m3fnuz
        float8_e5m2fnuz float8_e8m0fnu int1 int2 int3 int4 int5 int6 int7 uint1 uint2 uint3
        uint4 uint5 uint6 uint7""",
        why.UNASKED,
        "the usual dtypes: float32, bfloat16, int64, uint8, ...",
    ),
    Refused(
        "torch",
        """get_deterministic_debug_mode hash_tensor histogram histogramdd
        is_anomaly_check_nan_enabled is_anomaly_enabled
        is_deterministic_algorithms_warn_only_enabled is_distributed is_warn_always_enabled
        istft lobpcg stft GradScaler AcceleratorError FatalError JITException OutOfMemoryError""",
        why.UNASKED,
    ),
    Refused("torch", "utils", "files, processes and compilers", "a plain loop", optional=True),
    RefusedPattern("torch.backends", "*", why.STATE, "torch.backends.cudnn, cuda and mps"),
    Refused("torch", "overrides", why.HOOKS, optional=True),
    Refused("torch", "nested sparse", why.SPARSE, "a dense tensor and a mask", optional=True),
    Refused("torch", "quantization", why.QUANTIZED, "round and clamp", optional=True),
    Refused("torch", "monitor profiler testing", why.FILES, "time.perf_counter()", optional=True),
    Refused("torch", "accelerator mps mtia xpu", why.DEVICES, "x.device", optional=True),
    Refused("torch", "amp cpu masked signal", why.UNASKED, "torch.autocast", optional=True),
)

_AUTOGRAD: tuple[Refusal, ...] = (
    Refused(
        "torch.autograd",
        "NestedIOFunction",
        why.DEPRECATED,
        "torch.autograd.Function",
    ),
    RefusedPattern(
        "torch.autograd.function",
        "*",
        why.INTERNALS,
        "torch.autograd.Function",
    ),
    Refused(
        "torch.autograd",
        """SavedTensor enforce_grad_layout_policy set_multithreading_enabled
        is_multithreading_enabled is_view_replay_enabled""",
        why.STATE,
    ),
    Refused(
        "torch.autograd",
        "detect_anomaly set_detect_anomaly",
        why.NAMESPACES,
        "leave it out; torch.isfinite(x).all() finds where numbers go wrong",
    ),
    Refused(
        "torch.autograd", "graph", why.KERNELS, "hooks on tensors: x.register_hook", optional=True
    ),
    Refused("torch.autograd", "Variable", why.DEPRECATED, "a tensor with requires_grad=True"),
    Refused(
        "torch.autograd",
        "DeviceType ProfilerActivity ProfilerConfig ProfilerEvent ProfilerState kineto_available",
        why.INTERNALS,
    ),
    Refused(
        "torch.autograd",
        "handle_torch_function has_torch_function is_tensor_like variable",
        why.INTERNALS,
    ),
    Refused("torch.autograd", "gradcheck gradgradcheck", why.UNASKED),
    Refused(
        "torch.func",
        "functionalize linearize",
        why.CODE,
        "torch.func.jvp, vjp, jacfwd, jacrev",
    ),
    Refused("torch.func", "debug_unwrap", why.INTERNALS),
    Refused("torch.func", "replace_all_batch_norm_modules_", why.STATE),
    Refused("torch.func", "rearrange", why.CODE, "einops.rearrange"),
)

_DEVICES: tuple[Refusal, ...] = (
    Refused(
        "torch.cuda",
        """CUDAPluggableAllocator caching_allocator_alloc caching_allocator_delete
        caching_allocator_disabled caching_allocator_enable change_current_allocator cudart
        current_blas_handle current_solver_handle get_stream_from_external ExternalStream
        MemPool use_mem_pool ipc_collect BFloat16Storage BoolStorage ByteStorage CharStorage
        ComplexDoubleStorage ComplexFloatStorage DoubleStorage FloatStorage HalfStorage
        IntStorage LongStorage ShortStorage""",
        why.MEMORY,
    ),
    Refused(
        "torch.cuda",
        """CUDAGraph graph graph_pool_handle is_current_stream_capturing make_graphed_callables
        GreenContext Event Stream StreamContext current_stream default_stream set_stream stream
        device device_of set_device set_per_process_memory_fraction
        get_per_process_memory_fraction set_sync_debug_mode get_sync_debug_mode
        default_generators init""",
        why.STATE,
        "the model stays on the device it was loaded on",
    ),
    Refused(
        "torch.cuda",
        """list_gpu_processes device_memory_used clock_rate memory_usage power_draw temperature
        utilization mem_get_info memory_snapshot host_memory_stats
        host_memory_stats_as_nested_dict""",
        "tells about the machine and its other processes",
        "torch.cuda.memory_allocated() tells about this call",
    ),
    Refused(
        "torch.cuda",
        """get_rng_state get_rng_state_all set_rng_state
        set_rng_state_all initial_seed seed seed_all""",
        why.UNASKED,
        "torch.manual_seed seeds every device",
    ),
    Refused(
        "torch.cuda",
        "max_memory_cached memory_cached reset_max_memory_allocated reset_max_memory_cached",
        why.DEPRECATED,
        "max_memory_allocated, reset_peak_memory_stats",
    ),
    Refused(
        "torch.cuda",
        """can_device_access_peer get_allocator_backend get_arch_list get_device_properties
        get_gencode_flags has_half has_magma is_tf32_supported memory_stats
        memory_stats_as_nested_dict memory_summary reset_accumulated_host_memory_stats
        reset_accumulated_memory_stats reset_peak_host_memory_stats AcceleratorError
        OutOfMemoryError""",
        why.UNASKED,
    ),
    Refused(
        "torch.cuda",
        """BFloat16Tensor BoolTensor ByteTensor CharTensor DoubleTensor FloatTensor HalfTensor
        IntTensor LongTensor ShortTensor""",
        why.DEPRECATED,
        'x.to("cuda")',
    ),
    Refused(
        "torch.cuda",
        """CudaError DEVICE_REQUIREMENT DeferredCudaCallError Device PYTORCH_RELEASES_CODE_CC
        TYPE_CHECKING check_error classproperty cudaStatus""",
        why.INTERNALS,
    ),
    Refused("torch.random", "default_generator thread_safe_generator", why.STATE),
    Refused("torch.random", "TYPE_CHECKING", why.INTERNALS),
    Refused("torch.random", "Generator", why.UNASKED, "torch.Generator"),
)

_MATHS: tuple[Refusal, ...] = (
    # On a CPU, pivots are looked at first; on a GPU they are believed.
    Refused("torch.linalg", "ldl_solve lu_solve", why.KERNELS, "torch.linalg.solve"),
    Refused("torch", "lu_solve lu_unpack", why.KERNELS, "torch.linalg.lu"),
    Refused("torch.linalg", "ldl_factor ldl_factor_ex", why.UNASKED),
    Refused("torch.linalg", "common_notes", why.INTERNALS),
    Refused("torch.fft", "Tensor common_args factory_common_args", why.INTERNALS),
    Refused("torch.special", "Tensor common_args multi_dim_common", why.INTERNALS),
    Refused(
        "torch.distributions",
        "register_kl biject_to transform_to",
        "a registry that the library shares",
    ),
    Refused(
        "torch.distributions",
        """AbsTransform AffineTransform CatTransform ComposeTransform CorrCholeskyTransform
        CumulativeDistributionTransform ExpTransform IndependentTransform
        LowerCholeskyTransform PositiveDefiniteTransform PowerTransform ReshapeTransform
        SigmoidTransform SoftmaxTransform SoftplusTransform StackTransform
        StickBreakingTransform TanhTransform Transform TransformedDistribution
        identity_transform ExponentialFamily GeneralizedPareto""",
        why.UNASKED,
    ),
    Refused("torch.distributions:Distribution", "arg_constraints support", why.INTERNALS),
    Refused("torch.distributions:Distribution", "set_default_validate_args", why.STATE),
    Refused("torch.distributions:Distribution", "sample_n", why.DEPRECATED, "sample((n,))"),
    *(
        Refused(f"torch.distributions:{name}", "param_shape", why.UNASKED, "x.probs.shape")
        for name in (
            *("Bernoulli", "Binomial", "Categorical", "ContinuousBernoulli", "Multinomial"),
            *("NegativeBinomial", "OneHotCategorical"),
        )
    ),
    Refused(
        "torch:Generator", "set_state graphsafe_set_state set_offset", why.KERNELS, "manual_seed"
    ),
    Refused(
        "torch:Generator",
        "clone_state get_offset get_state graphsafe_get_state",
        why.UNASKED,
        "manual_seed",
    ),
    Refused("torch:dtype", "abbr", why.INTERNALS, "str(dtype)"),
    *(
        Refused(
            f"torch.return_types:{name}",
            "n_fields n_sequence_fields n_unnamed_fields",
            why.INTERNALS,
            "len(x)",
        )
        for name in (
            *("aminmax", "cummax", "cummin", "kthvalue", "linalg_eig", "linalg_eigh"),
            *("linalg_lstsq", "linalg_qr", "linalg_slogdet", "linalg_svd", "max", "median", "min"),
            *("mode", "qr", "sort", "svd", "topk"),
        )
    ),
)

_OPTIM: tuple[Refusal, ...] = (
    RefusedPattern("torch.optim.optimizer", "*", why.INTERNALS, "torch.optim.Optimizer"),
    Refused("torch.optim", "SparseAdam", why.SPARSE),
    Refused("torch.optim", "swap_in_optimizer_params_and_state", why.INTERNALS),
    Refused(
        "torch.optim:Optimizer",
        """OptimizerPostHook OptimizerPreHook profile_hook_step
        register_load_state_dict_post_hook register_load_state_dict_pre_hook
        register_state_dict_post_hook register_state_dict_pre_hook register_step_post_hook
        register_step_pre_hook""",
        why.HOOKS,
        "write the step into your own loop",
    ),
    Refused("torch.optim:Adagrad", "share_memory", why.PROCESSES),
    Refused("torch.optim.lr_scheduler:LRScheduler", "load_state_dict", why.BY_NAME, "make it new"),
    Refused("torch.optim.lr_scheduler:LRScheduler", "state_dict", why.UNASKED, "make it new"),
    Refused("torch.optim.lr_scheduler:LRScheduler", "get_lr", why.INTERNALS, "get_last_lr()"),
    Refused("torch.optim.lr_scheduler:CyclicLR", "scale_fn", why.INTERNALS),
    Refused("torch.optim.lr_scheduler:SequentialLR", "recursive_undo", why.INTERNALS),
    Refused("torch.optim.lr_scheduler:ReduceLROnPlateau", "in_cooldown", why.UNASKED),
    Refused(
        "torch.optim.lr_scheduler",
        "EPOCH_DEPRECATION_WARNING TYPE_CHECKING Optimizer Tensor inf",
        why.INTERNALS,
    ),
    Refused(
        "torch.autograd:inference_mode", "clone", why.INTERNALS, "with torch.inference_mode(): ..."
    ),
    Refused("torch:no_grad", "clone", why.INTERNALS, "with torch.no_grad(): ..."),
    Refused("torch:set_grad_enabled", "clone", why.INTERNALS),
)

REFUSALS: tuple[Refusal, ...] = (*_TORCH, *_AUTOGRAD, *_DEVICES, *_MATHS, *_OPTIM)
