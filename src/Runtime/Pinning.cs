namespace Adjoint.Runtime;

// Expression trees cannot pin, so typed delegates pass their spans through here. The arities are written out: a loop or
// a recursion over spans does not exist in the type system, and nested calls would cost more than the pinning.

/// <summary>Pins the frame and the spans of a typed call with <c>fixed</c>, writes address and length of each span into
/// its place in the frame, and invokes the target. An empty span has address 0.</summary>
public static unsafe class Pinning
{
    /// <summary>A call without spans.</summary>
    public static void Call(CallTarget target, ref Frame frame)
    {
        fixed (Frame* f = &frame) target.Invoke(f);
    }

    /// <summary>A call with spans.</summary>
    /// <param name="target">What to invoke.</param>
    /// <param name="frame">Holds the scalars already.</param>
    /// <param name="i0">Place of the first span in the frame; likewise the others.</param>
    /// <param name="s0">The first span.</param>
    /// <exception cref="IndexOutOfRangeException">A place lies outside the frame.</exception>
    public static void Call<T0>(CallTarget target, ref Frame frame, int i0, ReadOnlySpan<T0> s0)
        where T0 : unmanaged
    {
        fixed (Frame* f = &frame)
        fixed (T0* p0 = s0)
        {
            f->Bind(i0, p0, s0.Length);
            target.Invoke(f);
        }
    }

    /// <inheritdoc cref="Call{T0}(CallTarget, ref Frame, int, ReadOnlySpan{T0})"/>
    public static void Call<T0, T1>(
        CallTarget target, ref Frame frame, int i0, ReadOnlySpan<T0> s0, int i1, ReadOnlySpan<T1> s1)
        where T0 : unmanaged where T1 : unmanaged
    {
        fixed (Frame* f = &frame)
        fixed (T0* p0 = s0)
        fixed (T1* p1 = s1)
        {
            f->Bind(i0, p0, s0.Length); f->Bind(i1, p1, s1.Length);
            target.Invoke(f);
        }
    }

    /// <inheritdoc cref="Call{T0}(CallTarget, ref Frame, int, ReadOnlySpan{T0})"/>
    public static void Call<T0, T1, T2>(
        CallTarget target, ref Frame frame, int i0, ReadOnlySpan<T0> s0, int i1, ReadOnlySpan<T1> s1,
        int i2, ReadOnlySpan<T2> s2)
        where T0 : unmanaged where T1 : unmanaged where T2 : unmanaged
    {
        fixed (Frame* f = &frame)
        fixed (T0* p0 = s0)
        fixed (T1* p1 = s1)
        fixed (T2* p2 = s2)
        {
            f->Bind(i0, p0, s0.Length); f->Bind(i1, p1, s1.Length); f->Bind(i2, p2, s2.Length);
            target.Invoke(f);
        }
    }

    /// <inheritdoc cref="Call{T0}(CallTarget, ref Frame, int, ReadOnlySpan{T0})"/>
    public static void Call<T0, T1, T2, T3>(
        CallTarget target, ref Frame frame, int i0, ReadOnlySpan<T0> s0, int i1, ReadOnlySpan<T1> s1,
        int i2, ReadOnlySpan<T2> s2, int i3, ReadOnlySpan<T3> s3)
        where T0 : unmanaged where T1 : unmanaged where T2 : unmanaged where T3 : unmanaged
    {
        fixed (Frame* f = &frame)
        fixed (T0* p0 = s0)
        fixed (T1* p1 = s1)
        fixed (T2* p2 = s2)
        fixed (T3* p3 = s3)
        {
            f->Bind(i0, p0, s0.Length); f->Bind(i1, p1, s1.Length); f->Bind(i2, p2, s2.Length);
            f->Bind(i3, p3, s3.Length);
            target.Invoke(f);
        }
    }

    /// <inheritdoc cref="Call{T0}(CallTarget, ref Frame, int, ReadOnlySpan{T0})"/>
    public static void Call<T0, T1, T2, T3, T4>(
        CallTarget target, ref Frame frame, int i0, ReadOnlySpan<T0> s0, int i1, ReadOnlySpan<T1> s1,
        int i2, ReadOnlySpan<T2> s2, int i3, ReadOnlySpan<T3> s3, int i4, ReadOnlySpan<T4> s4)
        where T0 : unmanaged where T1 : unmanaged where T2 : unmanaged where T3 : unmanaged where T4 : unmanaged
    {
        fixed (Frame* f = &frame)
        fixed (T0* p0 = s0)
        fixed (T1* p1 = s1)
        fixed (T2* p2 = s2)
        fixed (T3* p3 = s3)
        fixed (T4* p4 = s4)
        {
            f->Bind(i0, p0, s0.Length); f->Bind(i1, p1, s1.Length); f->Bind(i2, p2, s2.Length);
            f->Bind(i3, p3, s3.Length); f->Bind(i4, p4, s4.Length);
            target.Invoke(f);
        }
    }

    /// <inheritdoc cref="Call{T0}(CallTarget, ref Frame, int, ReadOnlySpan{T0})"/>
    public static void Call<T0, T1, T2, T3, T4, T5>(
        CallTarget target, ref Frame frame, int i0, ReadOnlySpan<T0> s0, int i1, ReadOnlySpan<T1> s1,
        int i2, ReadOnlySpan<T2> s2, int i3, ReadOnlySpan<T3> s3, int i4, ReadOnlySpan<T4> s4,
        int i5, ReadOnlySpan<T5> s5)
        where T0 : unmanaged where T1 : unmanaged where T2 : unmanaged where T3 : unmanaged where T4 : unmanaged
        where T5 : unmanaged
    {
        fixed (Frame* f = &frame)
        fixed (T0* p0 = s0)
        fixed (T1* p1 = s1)
        fixed (T2* p2 = s2)
        fixed (T3* p3 = s3)
        fixed (T4* p4 = s4)
        fixed (T5* p5 = s5)
        {
            f->Bind(i0, p0, s0.Length); f->Bind(i1, p1, s1.Length); f->Bind(i2, p2, s2.Length);
            f->Bind(i3, p3, s3.Length); f->Bind(i4, p4, s4.Length); f->Bind(i5, p5, s5.Length);
            target.Invoke(f);
        }
    }

    /// <inheritdoc cref="Call{T0}(CallTarget, ref Frame, int, ReadOnlySpan{T0})"/>
    public static void Call<T0, T1, T2, T3, T4, T5, T6>(
        CallTarget target, ref Frame frame, int i0, ReadOnlySpan<T0> s0, int i1, ReadOnlySpan<T1> s1,
        int i2, ReadOnlySpan<T2> s2, int i3, ReadOnlySpan<T3> s3, int i4, ReadOnlySpan<T4> s4,
        int i5, ReadOnlySpan<T5> s5, int i6, ReadOnlySpan<T6> s6)
        where T0 : unmanaged where T1 : unmanaged where T2 : unmanaged where T3 : unmanaged where T4 : unmanaged
        where T5 : unmanaged where T6 : unmanaged
    {
        fixed (Frame* f = &frame)
        fixed (T0* p0 = s0)
        fixed (T1* p1 = s1)
        fixed (T2* p2 = s2)
        fixed (T3* p3 = s3)
        fixed (T4* p4 = s4)
        fixed (T5* p5 = s5)
        fixed (T6* p6 = s6)
        {
            f->Bind(i0, p0, s0.Length); f->Bind(i1, p1, s1.Length); f->Bind(i2, p2, s2.Length);
            f->Bind(i3, p3, s3.Length); f->Bind(i4, p4, s4.Length); f->Bind(i5, p5, s5.Length);
            f->Bind(i6, p6, s6.Length);
            target.Invoke(f);
        }
    }

    /// <inheritdoc cref="Call{T0}(CallTarget, ref Frame, int, ReadOnlySpan{T0})"/>
    public static void Call<T0, T1, T2, T3, T4, T5, T6, T7>(
        CallTarget target, ref Frame frame, int i0, ReadOnlySpan<T0> s0, int i1, ReadOnlySpan<T1> s1,
        int i2, ReadOnlySpan<T2> s2, int i3, ReadOnlySpan<T3> s3, int i4, ReadOnlySpan<T4> s4,
        int i5, ReadOnlySpan<T5> s5, int i6, ReadOnlySpan<T6> s6, int i7, ReadOnlySpan<T7> s7)
        where T0 : unmanaged where T1 : unmanaged where T2 : unmanaged where T3 : unmanaged where T4 : unmanaged
        where T5 : unmanaged where T6 : unmanaged where T7 : unmanaged
    {
        fixed (Frame* f = &frame)
        fixed (T0* p0 = s0)
        fixed (T1* p1 = s1)
        fixed (T2* p2 = s2)
        fixed (T3* p3 = s3)
        fixed (T4* p4 = s4)
        fixed (T5* p5 = s5)
        fixed (T6* p6 = s6)
        fixed (T7* p7 = s7)
        {
            f->Bind(i0, p0, s0.Length); f->Bind(i1, p1, s1.Length); f->Bind(i2, p2, s2.Length);
            f->Bind(i3, p3, s3.Length); f->Bind(i4, p4, s4.Length); f->Bind(i5, p5, s5.Length);
            f->Bind(i6, p6, s6.Length); f->Bind(i7, p7, s7.Length);
            target.Invoke(f);
        }
    }

    /// <inheritdoc cref="Call{T0}(CallTarget, ref Frame, int, ReadOnlySpan{T0})"/>
    public static void Call<T0, T1, T2, T3, T4, T5, T6, T7, T8>(
        CallTarget target, ref Frame frame, int i0, ReadOnlySpan<T0> s0, int i1, ReadOnlySpan<T1> s1,
        int i2, ReadOnlySpan<T2> s2, int i3, ReadOnlySpan<T3> s3, int i4, ReadOnlySpan<T4> s4,
        int i5, ReadOnlySpan<T5> s5, int i6, ReadOnlySpan<T6> s6, int i7, ReadOnlySpan<T7> s7,
        int i8, ReadOnlySpan<T8> s8)
        where T0 : unmanaged where T1 : unmanaged where T2 : unmanaged where T3 : unmanaged where T4 : unmanaged
        where T5 : unmanaged where T6 : unmanaged where T7 : unmanaged where T8 : unmanaged
    {
        fixed (Frame* f = &frame)
        fixed (T0* p0 = s0)
        fixed (T1* p1 = s1)
        fixed (T2* p2 = s2)
        fixed (T3* p3 = s3)
        fixed (T4* p4 = s4)
        fixed (T5* p5 = s5)
        fixed (T6* p6 = s6)
        fixed (T7* p7 = s7)
        fixed (T8* p8 = s8)
        {
            f->Bind(i0, p0, s0.Length); f->Bind(i1, p1, s1.Length); f->Bind(i2, p2, s2.Length);
            f->Bind(i3, p3, s3.Length); f->Bind(i4, p4, s4.Length); f->Bind(i5, p5, s5.Length);
            f->Bind(i6, p6, s6.Length); f->Bind(i7, p7, s7.Length); f->Bind(i8, p8, s8.Length);
            target.Invoke(f);
        }
    }

    /// <inheritdoc cref="Call{T0}(CallTarget, ref Frame, int, ReadOnlySpan{T0})"/>
    public static void Call<T0, T1, T2, T3, T4, T5, T6, T7, T8, T9>(
        CallTarget target, ref Frame frame, int i0, ReadOnlySpan<T0> s0, int i1, ReadOnlySpan<T1> s1,
        int i2, ReadOnlySpan<T2> s2, int i3, ReadOnlySpan<T3> s3, int i4, ReadOnlySpan<T4> s4,
        int i5, ReadOnlySpan<T5> s5, int i6, ReadOnlySpan<T6> s6, int i7, ReadOnlySpan<T7> s7,
        int i8, ReadOnlySpan<T8> s8, int i9, ReadOnlySpan<T9> s9)
        where T0 : unmanaged where T1 : unmanaged where T2 : unmanaged where T3 : unmanaged where T4 : unmanaged
        where T5 : unmanaged where T6 : unmanaged where T7 : unmanaged where T8 : unmanaged where T9 : unmanaged
    {
        fixed (Frame* f = &frame)
        fixed (T0* p0 = s0)
        fixed (T1* p1 = s1)
        fixed (T2* p2 = s2)
        fixed (T3* p3 = s3)
        fixed (T4* p4 = s4)
        fixed (T5* p5 = s5)
        fixed (T6* p6 = s6)
        fixed (T7* p7 = s7)
        fixed (T8* p8 = s8)
        fixed (T9* p9 = s9)
        {
            f->Bind(i0, p0, s0.Length); f->Bind(i1, p1, s1.Length); f->Bind(i2, p2, s2.Length);
            f->Bind(i3, p3, s3.Length); f->Bind(i4, p4, s4.Length); f->Bind(i5, p5, s5.Length);
            f->Bind(i6, p6, s6.Length); f->Bind(i7, p7, s7.Length); f->Bind(i8, p8, s8.Length);
            f->Bind(i9, p9, s9.Length);
            target.Invoke(f);
        }
    }

    /// <inheritdoc cref="Call{T0}(CallTarget, ref Frame, int, ReadOnlySpan{T0})"/>
    public static void Call<T0, T1, T2, T3, T4, T5, T6, T7, T8, T9, T10>(
        CallTarget target, ref Frame frame, int i0, ReadOnlySpan<T0> s0, int i1, ReadOnlySpan<T1> s1,
        int i2, ReadOnlySpan<T2> s2, int i3, ReadOnlySpan<T3> s3, int i4, ReadOnlySpan<T4> s4,
        int i5, ReadOnlySpan<T5> s5, int i6, ReadOnlySpan<T6> s6, int i7, ReadOnlySpan<T7> s7,
        int i8, ReadOnlySpan<T8> s8, int i9, ReadOnlySpan<T9> s9, int i10, ReadOnlySpan<T10> s10)
        where T0 : unmanaged where T1 : unmanaged where T2 : unmanaged where T3 : unmanaged where T4 : unmanaged
        where T5 : unmanaged where T6 : unmanaged where T7 : unmanaged where T8 : unmanaged where T9 : unmanaged
        where T10 : unmanaged
    {
        fixed (Frame* f = &frame)
        fixed (T0* p0 = s0)
        fixed (T1* p1 = s1)
        fixed (T2* p2 = s2)
        fixed (T3* p3 = s3)
        fixed (T4* p4 = s4)
        fixed (T5* p5 = s5)
        fixed (T6* p6 = s6)
        fixed (T7* p7 = s7)
        fixed (T8* p8 = s8)
        fixed (T9* p9 = s9)
        fixed (T10* p10 = s10)
        {
            f->Bind(i0, p0, s0.Length); f->Bind(i1, p1, s1.Length); f->Bind(i2, p2, s2.Length);
            f->Bind(i3, p3, s3.Length); f->Bind(i4, p4, s4.Length); f->Bind(i5, p5, s5.Length);
            f->Bind(i6, p6, s6.Length); f->Bind(i7, p7, s7.Length); f->Bind(i8, p8, s8.Length);
            f->Bind(i9, p9, s9.Length); f->Bind(i10, p10, s10.Length);
            target.Invoke(f);
        }
    }

    /// <inheritdoc cref="Call{T0}(CallTarget, ref Frame, int, ReadOnlySpan{T0})"/>
    public static void Call<T0, T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11>(
        CallTarget target, ref Frame frame, int i0, ReadOnlySpan<T0> s0, int i1, ReadOnlySpan<T1> s1,
        int i2, ReadOnlySpan<T2> s2, int i3, ReadOnlySpan<T3> s3, int i4, ReadOnlySpan<T4> s4,
        int i5, ReadOnlySpan<T5> s5, int i6, ReadOnlySpan<T6> s6, int i7, ReadOnlySpan<T7> s7,
        int i8, ReadOnlySpan<T8> s8, int i9, ReadOnlySpan<T9> s9, int i10, ReadOnlySpan<T10> s10,
        int i11, ReadOnlySpan<T11> s11)
        where T0 : unmanaged where T1 : unmanaged where T2 : unmanaged where T3 : unmanaged where T4 : unmanaged
        where T5 : unmanaged where T6 : unmanaged where T7 : unmanaged where T8 : unmanaged where T9 : unmanaged
        where T10 : unmanaged where T11 : unmanaged
    {
        fixed (Frame* f = &frame)
        fixed (T0* p0 = s0)
        fixed (T1* p1 = s1)
        fixed (T2* p2 = s2)
        fixed (T3* p3 = s3)
        fixed (T4* p4 = s4)
        fixed (T5* p5 = s5)
        fixed (T6* p6 = s6)
        fixed (T7* p7 = s7)
        fixed (T8* p8 = s8)
        fixed (T9* p9 = s9)
        fixed (T10* p10 = s10)
        fixed (T11* p11 = s11)
        {
            f->Bind(i0, p0, s0.Length); f->Bind(i1, p1, s1.Length); f->Bind(i2, p2, s2.Length);
            f->Bind(i3, p3, s3.Length); f->Bind(i4, p4, s4.Length); f->Bind(i5, p5, s5.Length);
            f->Bind(i6, p6, s6.Length); f->Bind(i7, p7, s7.Length); f->Bind(i8, p8, s8.Length);
            f->Bind(i9, p9, s9.Length); f->Bind(i10, p10, s10.Length); f->Bind(i11, p11, s11.Length);
            target.Invoke(f);
        }
    }
}
