using System.Runtime.InteropServices;

namespace Beyla.Ebpf.Native;

/// <summary>
/// The functions of libbpf that this room uses, named as in libbpf.h. Results: a pointer that is zero, or a negative number, on failure;
/// the error is then in <see cref="Marshal.GetLastPInvokeError"/> (numbers from 4000 up are libbpf's own).
/// </summary>
internal static unsafe partial class Libbpf
{
    public const string Library = "libbpf.so.1";

    [LibraryImport(Library, SetLastError = true)]
    public static partial nint bpf_object__open_mem(byte* image, nuint size, ObjectOpenOptions* options);

    [LibraryImport(Library)]
    public static partial void bpf_object__close(nint obj);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int bpf_object__load(BpfObjectHandle obj);

    [LibraryImport(Library)]
    public static partial nint bpf_object__next_program(BpfObjectHandle obj, nint previous);

    [LibraryImport(Library)]
    public static partial nint bpf_object__next_map(BpfObjectHandle obj, nint previous);

    [LibraryImport(Library)]
    public static partial nint bpf_object__btf(BpfObjectHandle obj);

    [LibraryImport(Library)]
    public static partial byte* btf__raw_data(nint btf, uint* size);

    [LibraryImport(Library)]
    public static partial nint bpf_program__name(nint program);

    [LibraryImport(Library)]
    public static partial nint bpf_program__section_name(nint program);

    [LibraryImport(Library)]
    public static partial int bpf_program__fd(nint program);

    [LibraryImport(Library)]
    public static partial int bpf_program__type(nint program);

    [LibraryImport(Library)]
    public static partial int bpf_program__expected_attach_type(nint program);

    [LibraryImport(Library)]
    public static partial int bpf_program__set_expected_attach_type(nint program, int type);

    [LibraryImport(Library)]
    [return: MarshalAs(UnmanagedType.U1)]
    public static partial bool bpf_program__autoload(nint program);

    [LibraryImport(Library)]
    public static partial int bpf_program__set_autoload(nint program, [MarshalAs(UnmanagedType.U1)] bool load);

    [LibraryImport(Library)]
    public static partial int bpf_program__set_log_level(nint program, uint level);

    [LibraryImport(Library)]
    public static partial int bpf_program__set_log_buf(nint program, byte* buffer, nuint size);

    [LibraryImport(Library)]
    public static partial nint bpf_map__name(nint map);

    [LibraryImport(Library)]
    public static partial int bpf_map__fd(nint map);

    [LibraryImport(Library)]
    public static partial int bpf_map__type(nint map);

    [LibraryImport(Library)]
    public static partial uint bpf_map__key_size(nint map);

    [LibraryImport(Library)]
    public static partial uint bpf_map__value_size(nint map);

    [LibraryImport(Library)]
    public static partial uint bpf_map__max_entries(nint map);

    [LibraryImport(Library)]
    public static partial int bpf_map__set_max_entries(nint map, uint entries);

    [LibraryImport(Library)]
    public static partial int bpf_map__reuse_fd(nint map, SafeHandle fd);

    [LibraryImport(Library)]
    public static partial byte* bpf_map__initial_value(nint map, nuint* size);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int bpf_map_create(int type, string name, uint keySize, uint valueSize, uint maxEntries, nint options);

    [LibraryImport(Library)]
    public static partial int bpf_map_update_elem(SafeHandle fd, byte* key, byte* value, ulong flags);

    [LibraryImport(Library)]
    public static partial int bpf_map_lookup_elem(SafeHandle fd, byte* key, byte* value);

    [LibraryImport(Library)]
    public static partial int bpf_map_delete_elem(SafeHandle fd, byte* key);

    [LibraryImport(Library)]
    public static partial int bpf_obj_get_info_by_fd(SafeHandle fd, void* info, uint* length);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int bpf_prog_load(int type, string name, string license, ulong* instructions, nuint count, ProgramLoadOptions* options);

    [LibraryImport(Library)]
    public static partial int bpf_prog_test_run_opts(SafeHandle fd, TestRunOptions* options);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int bpf_raw_tracepoint_open(string? name, SafeHandle program);

    [LibraryImport(Library)]
    public static partial int bpf_iter_create(SafeHandle link);

    [LibraryImport(Library)]
    public static partial int bpf_enable_stats(int type);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int libbpf_find_vmlinux_btf_id(string name, int attachType);

    [LibraryImport(Library)]
    public static partial int libbpf_num_possible_cpus();

    [LibraryImport(Library)]
    public static partial int libbpf_strerror(int error, byte* text, nuint size);

    [LibraryImport(Library)]
    public static partial nint libbpf_set_print(delegate* unmanaged[Cdecl]<int, byte*, void*, int> print);
}
