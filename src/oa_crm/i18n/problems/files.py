"""Attachments."""

from oa_crm.i18n.problems.words import Words

FILES: dict[str, dict[str, Words]] = {
    "file_name_empty": {
        "en": ("the file has no name", "a name with its extension, such as offer.pdf"),
        "zh": ("文件没有名称", "带扩展名的文件名,如 报价单.pdf"),
    },
    "file_name_too_long": {
        "en": ("the name has {length} characters", "at most {longest} characters"),
        "zh": ("文件名有 {length} 个字符", "最多 {longest} 个字符"),
    },
    "file_name_character": {
        "en": ("character {place} of the name, {character}, could mislead", "a name without it"),
        "zh": ("文件名第 {place} 个字符 {character} 可能造成误导", "不含该字符的文件名"),
    },
    "file_name_reserved": {
        "en": ("{name} is a device on some machines", "another name"),
        "zh": ("{name} 在某些系统上是设备名", "其他名称"),
    },
    "file_type_unknown": {
        "en": ("files of type “{extension}” are not taken", "one of {known}"),
        "zh": ("不接受“{extension}”类型的文件", "可选:{known}"),
    },
    "file_type_mismatch": {
        "en": ("the name says {extension}, but the content is {found}", "a file whose name tells its type"),
        "zh": ("扩展名为 {extension},内容却是 {found}", "扩展名与内容一致的文件"),
    },
    "file_too_large": {
        "en": ("it is larger than {largest} bytes", "at most {largest} bytes"),
        "zh": ("文件超过 {largest} 字节", "最多 {largest} 字节"),
    },
    "file_empty": {"en": ("it is empty", "a file with content"), "zh": ("文件为空", "有内容的文件")},
    "content_not_bytes": {
        "en": ("it gives {given}", "an open binary file, or chunks of bytes"),
        "zh": ("读到的是 {given}", "以二进制打开的文件,或字节块"),
    },
    "no_file_store": {
        "en": ("there is nowhere to keep files", "settings.files.folder, or a plugin that answers provide_file_store"),
        "zh": ("没有存放附件的地方", "设置 settings.files.folder,或由插件实现 provide_file_store"),
    },
    "removal_without_reason": {"en": ("it is empty", "why it is removed"), "zh": ("不能为空", "移除的原因")},
}
