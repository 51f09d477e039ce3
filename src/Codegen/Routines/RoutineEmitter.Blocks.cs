using System.Linq.Expressions;
using Adjoint.Kernels;
using Adjoint.Runtime;
using static System.Linq.Expressions.Expression;

namespace Adjoint.Codegen;

/// <content>Steps on whole matrices: calls of code that is shared by all kernels.</content>
internal sealed partial class RoutineEmitter
{
    private ParameterExpression? blockMemory;      // the argument block of products, on the stack; nothing else rents this type

    // A call takes as long as a few multiply-adds of a tile, of which a product has hundreds.
    private void Run(MultiplyBlocks s)
    {
        var type = procedure.Memory[s.C.Cells].Type;
        var product = new BlockProduct(type, width,
            IsOne(s.A.Column) ? BlockLayout.Rows : IsOne(s.A.Row) ? BlockLayout.Columns : BlockLayout.Strided, s.Adds);
        var words = Let(TileMemory.AddressOf(blockMemory ??= Pool.Rent(typeof(TileMemory))));
        void Put(int word, Expression value) => Code.Add(Memory.Write(Add(words, Number(8L * word)), value));
        Put(BlockProduct.C, First(s.C));
        Put(BlockProduct.RowOfC, Bytes(s.C.Row, type));
        Put(BlockProduct.A, First(s.A));
        Put(BlockProduct.RowOfA, Bytes(s.A.Row, type));
        Put(BlockProduct.ColumnOfA, Bytes(s.A.Column, type));
        Put(BlockProduct.B, First(s.B));
        Put(BlockProduct.RowOfB, Bytes(s.B.Row, type));
        Put(BlockProduct.M, Scalar(s.M));
        Put(BlockProduct.N, Scalar(s.N));
        Put(BlockProduct.K, Scalar(s.K));
        Code.Add(Invoke(Constant(product.Kernel, typeof(Kernel)), words, Number(0), Number(0)));
    }

    private void Run(TransposeBlock s)
    {
        var type = procedure.Memory[s.To.Cells].Type;
        Code.Add(Call(typeof(TransposedMemory), type.Size == 4 ? nameof(TransposedMemory.Matrix4) : nameof(TransposedMemory.Matrix8), null,
            First(s.From), Bytes(s.From.Row, type), First(s.To), Bytes(s.To.Row, type), Scalar(s.M), Scalar(s.N)));
    }

    private void Run(AskRows s)
    {
        var type = procedure.Memory[s.Rows.Cells].Type;
        Code.Add(Call(typeof(Memory), nameof(Memory.PrefetchRows), null,
            First(s.Rows), Bytes(s.Rows.Row, type), Scalar(s.M), Bytes(s.N, type)));
    }

    private BinaryExpression First(MatrixAt x) => At(x.Cells, Scalar(x.First));

    private BinaryExpression Bytes(Value elements, DType type) => Multiply(Scalar(elements), Number(type.Size));

    private bool IsOne(Value value) => body.Instructions[legal[value.Id].Id] is { Opcode: Opcode.Constant, Immediate: 1 };
}
