# What the headers for BPF programs have beside maps and rings: tests/bpf/bpf_PART.bpf.c, run in a
# kernel by test_bpf_PART*.c.

skep_test_bpf_variants(variants "${BPF}/bpf_core.bpf.c" HEADERS "${BPF}/bpf_core.h")
foreach(variant IN LISTS variants)
    skep_kernel_test(bpf_core_${variant} SOURCES test_bpf_core.c test_bpf_core_task.c
        BPF bpf_core_${variant})
endforeach()
skep_test_bpf_variants(variants "${BPF}/bpf_trace.bpf.c" HEADERS "${BPF}/bpf_trace.h")
foreach(variant IN LISTS variants)
    skep_kernel_test(bpf_trace_${variant} SOURCES test_bpf_trace.c test_bpf_trace_runs.c
        BPF bpf_trace_${variant})
endforeach()

# Packets.
skep_test_bpf_variants(variants "${BPF}/bpf_net.bpf.c" HEADERS "${BPF}/bpf_net.h")
foreach(variant IN LISTS variants)
    skep_kernel_test(bpf_net_${variant} SOURCES test_bpf_net.c packet_reference.c BPF bpf_net_${variant})
endforeach()
