using System.Linq.Expressions;
using Adjoint.Kernels;
using static System.Linq.Expressions.Expression;

namespace Adjoint.Codegen;

/// <summary>Accumulators of a product in registers: rows of a, broadcast element by element, times neighbouring columns of b.</summary>
internal sealed class RegisterTile
{
    private readonly Lanes lanes;
    private readonly DType type;
    private readonly ParameterExpression[,] sums;
    private readonly ParameterExpression[] row;
    private readonly ParameterExpression element;

    /// <summary>Rents the registers from a pool, to its scope's end.</summary>
    public RegisterTile(Lanes lanes, DType type, int rows, int vectors, LocalPool pool)
    {
        (this.lanes, this.type) = (lanes, type);
        ParameterExpression Register() => pool.Rent(lanes.RegisterType(type));
        (sums, row, element) = (new ParameterExpression[rows, vectors], new ParameterExpression[vectors], Register());
        for (int v = 0; v < vectors; v++)
        {
            row[v] = Register();
            for (int r = 0; r < rows; r++)
                sums[r, v] = Register();
        }
    }

    public int Rows => sums.GetLength(0);

    public int Vectors => sums.GetLength(1);

    /// <summary>The accumulator of a row and a vector of columns.</summary>
    public ParameterExpression this[int row, int vector] => sums[row, vector];

    /// <summary>Every accumulator becomes a value.</summary>
    public IEnumerable<Expression> Fill(Func<int, int, Expression> value) =>
        from r in Enumerable.Range(0, Rows) from v in Enumerable.Range(0, Vectors) select Assign(sums[r, v], value(r, v));

    /// <summary>One step of the summed axis, each product rounded once with its sum.</summary>
    /// <param name="a">The address of each row's element.</param>
    /// <param name="b">The value of each vector of columns.</param>
    public IEnumerable<Expression> MultiplyAdd(Func<int, Expression> a, Func<int, Expression> b)
    {
        for (int v = 0; v < Vectors; v++)
            yield return Assign(row[v], b(v));
        for (int r = 0; r < Rows; r++)
        {
            yield return Element(a(r));
            for (int v = 0; v < Vectors; v++)
                yield return MultiplyAdd(r, v);
        }
    }

    /// <summary>The same for one vector of columns.</summary>
    /// <param name="vector">Which.</param>
    /// <param name="a">The address of each row's element.</param>
    /// <param name="b">The value of the columns.</param>
    public IEnumerable<Expression> MultiplyAdd(int vector, Func<int, Expression> a, Expression b)
    {
        yield return Assign(row[vector], b);
        for (int r = 0; r < Rows; r++)
        {
            yield return Element(a(r));
            yield return MultiplyAdd(r, vector);
        }
    }

    private BinaryExpression Element(Expression address) => Assign(element, lanes.Broadcast(type, Memory.Read(type.ClrType, address)));

    private BinaryExpression MultiplyAdd(int r, int v) =>
        Assign(sums[r, v], lanes.Instruction(new(Opcode.MultiplyAdd, type), type, element, row[v], sums[r, v]));
}
