using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace OtpPipeline.Core.Formats;

/// <summary>Stores enums in the API's words.</summary>
internal static class EnumColumns
{
    public static PropertyBuilder<TEnum> AsUpperText<TEnum>(this PropertyBuilder<TEnum> property)
        where TEnum : struct, Enum =>
        property.HasConversion(v => EnumText<TEnum>.Upper(v), t => EnumText<TEnum>.Parse(t)).HasMaxLength(16);

    public static PropertyBuilder<TEnum> AsLowerText<TEnum>(this PropertyBuilder<TEnum> property)
        where TEnum : struct, Enum =>
        property.HasConversion(v => EnumText<TEnum>.Lower(v), t => EnumText<TEnum>.Parse(t)).HasMaxLength(16);

    public static PropertyBuilder<TEnum?> AsLowerText<TEnum>(this PropertyBuilder<TEnum?> property)
        where TEnum : struct, Enum =>
        property.HasConversion(v => EnumText<TEnum>.Lower(v!.Value), t => EnumText<TEnum>.Parse(t)).HasMaxLength(16);
}
