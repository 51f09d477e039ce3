namespace Adjoint.Files;

/// <summary>Parameter stores filled from tensors, and their values as tensors.</summary>
public static class StoreTensors
{
    extension(ParameterStore store)
    {
        /// <summary>
        /// Takes over values by name. Names that the store does not know are added: an executable that declares them
        /// later finds these
        /// values in place of initial ones.
        /// </summary>
        /// <exception cref="InvalidOperationException">A name stands for another type or shape in the store; nothing is
        /// changed.</exception>
        public void Take(IEnumerable<KeyValuePair<string, HostTensor>> tensors)
        {
            var all = tensors.ToList();
            foreach (var (name, tensor) in all)
                if (store.Contains(name))
                    store.GetOrAdd(name, tensor.DType.ClrType, tensor.Shape);
            foreach (var (name, tensor) in all)
                if (store.Contains(name))
                    tensor.DType.Visit(new Setting(store, name, tensor));
                else
                    store.GetOrAdd(name, tensor.DType.ClrType, tensor.Shape, bytes => tensor.Bytes.CopyTo(bytes));
        }

        /// <summary>Copies of all values as of one moment, in the order of the store.</summary>
        /// <exception cref="ArgumentException">A parameter's elements are of a type that no tensor has.</exception>
        public IReadOnlyDictionary<string, HostTensor> ToTensors()
        {
            var snapshot = store.Snapshot();
            var tensors = new OrderedDictionary<string, HostTensor>(StringComparer.Ordinal);
            foreach (string name in snapshot.Names)
                tensors.Add(name, DType.From(snapshot.ElementTypeOf(name)).Visit(new Getting(snapshot, name)));
            return tensors;
        }
    }

    private readonly struct Setting(ParameterStore store, string name, HostTensor tensor) : IDTypeVisitor<bool>
    {
        public bool Visit<T>() where T : unmanaged
        {
            store.Set<T>(name, tensor.Span<T>());
            return true;
        }
    }

    private readonly struct Getting(ParameterSnapshot snapshot, string name) : IDTypeVisitor<HostTensor>
    {
        public HostTensor Visit<T>() where T : unmanaged =>
            HostTensor.From(snapshot.Get<T>(name), snapshot.ShapeOf(name).AsSpan());
    }
}
