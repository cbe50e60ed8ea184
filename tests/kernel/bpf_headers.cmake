# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
# What the headers for BPF programs have beside maps and rings: tests/bpf/bpf_PART.bpf.c, run in a
# kernel by test_bpf_PART*.c.

skep_test_bpf_variants(variants "${BPF}/bpf_core.bpf.c" HEADERS "${BPF}/bpf_core.h")
foreach(variant IN LISTS variants)
    skep_kernel_test(bpf_core_${variant} SOURCES test_bpf_core.c test_bpf_core_task.c
        BPF bpf_core_${variant})
endforeach()
# The loops by iterators; and what there is for kernels that lack newer helpers, on this one.
skep_add_bpf_program(bpf_core_iterators SOURCES "${BPF}/bpf_core.bpf.c"
    HEADERS "${BPF}/bpf_core.h" DEFINES SKEP_WITH_ITERATORS)
skep_add_bpf_program(bpf_core_without_core SOURCES "${BPF}/bpf_core.bpf.c"
    HEADERS "${BPF}/bpf_core.h" DEFINES SKEP_NO_CORE)
skep_kernel_test(bpf_core_iterators SOURCES test_bpf_core.c test_bpf_core_task.c
    BPF bpf_core_iterators)
skep_kernel_test(bpf_core_without_core SOURCES test_bpf_core.c test_bpf_core_task.c
    BPF bpf_core_without_core GUESTS full)
# Loops of many shapes, as each compiler lays them out; once without iterators.
skep_test_bpf_variants(variants "${BPF}/bpf_loops.bpf.c")
skep_add_bpf_program(bpf_loops_plain SOURCES "${BPF}/bpf_loops.bpf.c" DEFINES PLAIN)
foreach(variant IN LISTS variants ITEMS plain)
    skep_kernel_test(bpf_loops_${variant} SOURCES test_bpf_loops.c BPF bpf_loops_${variant})
endforeach()
skep_test_bpf_variants(variants "${BPF}/bpf_trace.bpf.c" HEADERS "${BPF}/bpf_trace.h")
foreach(variant IN LISTS variants)
    skep_kernel_test(bpf_trace_${variant} SOURCES test_bpf_trace.c test_bpf_trace_runs.c
        BPF bpf_trace_${variant})
endforeach()
skep_add_bpf_program(bpf_trace_without_core SOURCES "${BPF}/bpf_trace.bpf.c"
    HEADERS "${BPF}/bpf_trace.h" DEFINES SKEP_NO_CORE)
skep_kernel_test(bpf_trace_without_core SOURCES test_bpf_trace.c test_bpf_trace_runs.c
    BPF bpf_trace_without_core GUESTS full)

# What eBPF for Windows has, too. That it compiles in other ways is in tests/compile/portable.sh.
skep_add_bpf_program(bpf_portable SOURCES "${BPF}/bpf_portable.bpf.c"
    HEADERS "${BPF}/bpf_portable.h")
skep_kernel_test(bpf_portable SOURCES test_bpf_portable.c group.c BPF bpf_portable)

# Packets. tshark is another's opinion of them, on this machine only.
set(net_sources bpf_net_app.c packet_reference.c packet_random.c)
skep_test_bpf_variants(variants "${BPF}/bpf_net.bpf.c" HEADERS "${BPF}/bpf_net.h")
foreach(variant IN LISTS variants)
    skep_kernel_test(bpf_net_${variant} SOURCES test_bpf_net.c test_bpf_net_change.c
        test_bpf_net_rules.c net.c ${net_sources} BPF bpf_net_${variant})
endforeach()
skep_kernel_test(bpf_net_tshark SOURCES test_bpf_net_tshark.c packet_tshark.c ${net_sources}
    BPF bpf_net_clang14 GUESTS full TIMEOUT 900)

# Security: paths, files, tasks, system calls; and programs that refuse, in guests only.
skep_test_bpf_variants(variants "${BPF}/bpf_sec.bpf.c" HEADERS "${BPF}/bpf_sec.h")
skep_test_bpf_variants(variants "${BPF}/bpf_sec_lsm.bpf.c" HEADERS "${BPF}/bpf_sec.h")
foreach(variant IN LISTS variants)
    skep_kernel_test(bpf_sec_${variant} BPF bpf_sec_${variant}
        SOURCES test_bpf_sec.c test_bpf_sec_path.c test_bpf_sec_task.c test_bpf_sec_call.c)
    skep_kernel_test(bpf_sec_lsm_${variant} SOURCES test_bpf_sec_lsm.c BPF bpf_sec_lsm_${variant})
endforeach()

# Messages.
skep_test_bpf_variants(variants "${BPF}/bpf_log.bpf.c" HEADERS "${BPF}/bpf_log.h")
foreach(variant IN LISTS variants)
    skep_kernel_test(bpf_log_${variant} SOURCES test_bpf_log.c test_bpf_log_reader.c
        BPF bpf_log_${variant})
endforeach()
skep_add_bpf_program(test_bpf_log_hooks SOURCES "${BPF}/bpf_log_hooks.bpf.c")
skep_kernel_test(bpf_log_hooks BPF test_bpf_log_hooks bpf_log_clang14 bpf_core_clang14)
